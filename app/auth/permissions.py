"""The one table of permissions: action × role, and what a key's scopes leave of it. What is not in it is denied."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    WORKER = "worker"
    """A job that the controller launched: writes to the runs of its own workload alone."""
    ADMINISTRATOR = "administrator"
    """Of the platform, beside the roles that the person has in organizations; never a key's."""


class Action(StrEnum):
    READ = "read"
    WORK = "work"
    REPORT = "report"
    CALL = "call"
    KEYS = "keys"
    MANAGE = "manage"
    MEMBERS = "members"
    ADMINISTER = "administer"


MEANING: dict[Action, str] = {
    Action.READ: "see what the organization has",
    Action.WORK: "create and change runs, jobs, studies, simulations, models, services",
    Action.REPORT: "write telemetry and artifacts to a run",
    Action.CALL: "call an inference service",
    Action.KEYS: "make an API key of one's own",
    Action.MANAGE: "make projects; gates of aliases, approvals, moves past a gate; webhooks",
    Action.MEMBERS: "invite, change roles, remove; service accounts; who has which role in a project",
    Action.ADMINISTER: "see all organizations and people, disable them; limits of organizations; Ray's dashboard",
}


class KeyScope(StrEnum):
    """What an API key is for. A key without scopes may do whatever its owner may."""

    READ = "read"
    WRITE = "write"
    INFERENCE = "inference"
    ADMIN = "admin"


_PEOPLE = frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER})
_CHIEFS = frozenset({Role.OWNER, Role.ADMIN})

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ: _PEOPLE | {Role.VIEWER},
    Action.WORK: _PEOPLE,
    Action.REPORT: _PEOPLE | {Role.WORKER},
    Action.CALL: _PEOPLE,
    Action.KEYS: _PEOPLE,
    Action.MANAGE: _CHIEFS,
    Action.MEMBERS: _CHIEFS,
    Action.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}

FAMILIES = frozenset({"access", "api_key", "events", "identity", "invitation", "member", "password"}) | frozenset(
    {"project_member", "second_factor", "service_account", "session", "sign_in", "webhook"}
)
"""Of events (`invitation` of `invitation.created`): who may not `Action.MEMBERS` sees of these only their own doings,
and of all others not from where they were done."""

COVERED: dict[KeyScope, frozenset[Action]] = {
    KeyScope.READ: frozenset({Action.READ}),
    KeyScope.WRITE: frozenset({Action.READ, Action.WORK, Action.REPORT}),
    KeyScope.INFERENCE: frozenset({Action.CALL}),
    KeyScope.ADMIN: frozenset(Action) - {Action.ADMINISTER},
}

KEPT = _CHIEFS | {Role.WORKER}
"""Roles that are the same in every project of the organization."""
GIVEN = frozenset({Role.ADMIN, Role.MEMBER, Role.VIEWER})
"""Roles that a project may give."""
_RANKS = (Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER)


def allows(role: Role, action: Action) -> bool:
    return role in ALLOWED.get(action, frozenset())


def covers(scopes: Iterable[KeyScope], action: Action) -> bool:
    """Whether a key's scopes leave it `action`; without scopes it has every action."""
    chosen = tuple(scopes)
    return not chosen or any(action in COVERED[scope] for scope in chosen)


def in_project(organization: Role, given: Role | None, *, private: bool) -> Role | None:
    """The one rule of roles in a project. None: to this principal the project is not there.

    Owners and admins of the organization keep their role in every project, and a job its own. Everybody else has in a
    project the role that was `given` there, which may be more or less than that of the organization but never `owner`;
    without one, that of the organization, or nothing where the project is private.
    """
    if organization in KEPT:
        return organization
    if given is not None:
        return given if given in GIVEN else None
    return None if private else organization


def outranks(role: Role, other: Role) -> bool:
    """Whether `role` may give, change or take away `other`: its own and all below it."""
    return role in _RANKS and other in _RANKS and _RANKS.index(role) >= _RANKS.index(other)
