"""The one table of permissions: action × role. What is not in it is denied."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    WORKER = "worker"
    """A job that the controller launched: writes to the runs of its own workload alone."""


class Action(StrEnum):
    READ = "read"
    WORK = "work"
    """Create and change runs, jobs, studies, simulations, models, services."""
    REPORT = "report"
    """Write telemetry and artifacts to a run."""
    CALL = "call"
    """Call an inference service."""
    MANAGE = "manage"
    """Projects, members, quotas."""


ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ: frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER}),
    Action.WORK: frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER}),
    Action.REPORT: frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER, Role.WORKER}),
    Action.CALL: frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER}),
    Action.MANAGE: frozenset({Role.OWNER, Role.ADMIN}),
}


def allows(role: Role, action: Action) -> bool:
    return role in ALLOWED[action]
