"""Why a worker's attempt ended: one exception in, one `Failure` out.

Classes are recognized by name, because this package must not import Ray or torch.
"""

import traceback
from collections.abc import Iterator

from trine.specs.telemetry import Failure, FailureClass

_MESSAGE_LIMIT = 4000
_TRACEBACK_LIMIT = 40_000


class WorkError(Exception):
    """An error with its class and a message made for the person who submitted the work."""

    kind = FailureClass.USER_CODE


class DataError(WorkError):
    """Data is missing, unreadable or not what it should be. The message names the path and what to do."""

    kind = FailureClass.DATA


class SpecError(WorkError):
    """A value of the spec cannot be used. The message names the field, the value and what is allowed."""


class PlatformFailure(WorkError):
    """A part of the platform failed, not the user's work: another attempt may succeed."""

    kind = FailureClass.PLATFORM


_BY_NAME: dict[str, FailureClass] = {
    # Memory: Ray's monitor, torch on a GPU, Python itself.
    "OutOfMemoryError": FailureClass.OUT_OF_MEMORY,
    "MemoryError": FailureClass.OUT_OF_MEMORY,
    "ObjectStoreFullError": FailureClass.OUT_OF_MEMORY,
    # A machine or a process went away.
    "NodeDiedError": FailureClass.NODE_LOST,
    "LocalRayletDiedError": FailureClass.NODE_LOST,
    "WorkerCrashedError": FailureClass.NODE_LOST,
    "ActorUnavailableError": FailureClass.NODE_LOST,
    "ActorDiedError": FailureClass.NODE_LOST,
    "RayActorError": FailureClass.NODE_LOST,
    "ObjectLostError": FailureClass.NODE_LOST,
    "PreemptionError": FailureClass.NODE_LOST,
    "WorkerHealthCheckFailedError": FailureClass.NODE_LOST,
    "ActorPlacementGroupRemoved": FailureClass.NODE_LOST,
    "TaskPlacementGroupRemoved": FailureClass.NODE_LOST,
    # Nothing moved for too long.
    "NCCLHangError": FailureClass.HANG,
    "WorkerHealthCheckTimeoutError": FailureClass.HANG,
    "CollectiveTimeoutError": FailureClass.HANG,
    "GetTimeoutError": FailureClass.HANG,
    # The cluster or the platform.
    "AuthenticationError": FailureClass.PLATFORM,
    "RaySystemError": FailureClass.PLATFORM,
    "RpcError": FailureClass.PLATFORM,
    "RuntimeEnvSetupError": FailureClass.PLATFORM,
    "OutOfDiskError": FailureClass.PLATFORM,
    "InsufficientClusterResourcesError": FailureClass.PLATFORM,
    "WorkerGroupStartupTimeoutError": FailureClass.PLATFORM,
    "WorkerGroupStartupFailedError": FailureClass.PLATFORM,
    "CheckpointManagerInitializationError": FailureClass.PLATFORM,
    "ActorUnschedulableError": FailureClass.PLATFORM,
    "TaskUnschedulableError": FailureClass.PLATFORM,
    "ObjectFetchTimedOutError": FailureClass.PLATFORM,
    "TransportError": FailureClass.PLATFORM,
    "EnrolmentError": FailureClass.PLATFORM,
    "ConnectionError": FailureClass.PLATFORM,
    # Data.
    "FileNotFoundError": FailureClass.DATA,
    "NotADirectoryError": FailureClass.DATA,
    "IsADirectoryError": FailureClass.DATA,
    "PermissionError": FailureClass.DATA,
    "UnicodeDecodeError": FailureClass.DATA,
    "JSONDecodeError": FailureClass.DATA,
    "ArrowInvalid": FailureClass.DATA,
    "SafetensorError": FailureClass.DATA,
}

_HINTS: dict[FailureClass, str] = {
    FailureClass.OUT_OF_MEMORY: "Ask for more memory, or make the batch, the model or the number of workers smaller.",
    FailureClass.NODE_LOST: "A worker's process or machine is gone; another attempt goes on from the last checkpoint.",
    FailureClass.HANG: "Nothing moved for too long; another attempt goes on from the last checkpoint.",
    FailureClass.PLATFORM: "The platform failed, not the work; another attempt is made.",
}


def classify(error: BaseException) -> Failure:
    """What the exception that ended an attempt means.

    The innermost exception that is known decides: a `FileNotFoundError` inside a worker task of Ray is an error of
    the data, not of Ray. What nobody knows is an error of the user's code. An exception class may carry its
    class of failure itself, as `kind` (see `WorkError`).
    """
    chain = tuple(_chain(error))
    culprit, kind = next(
        ((link, kind) for link in reversed(chain) if (kind := _kind(link)) is not None),
        (chain[-1], FailureClass.USER_CODE),
    )
    message = str(culprit).strip() or type(culprit).__name__
    if not isinstance(culprit, WorkError):
        first = message if kind in _HINTS else f"{type(culprit).__name__}: {message}"
        message = f"{first.rstrip()} {_HINTS[kind]}" if kind in _HINTS else first
    text = "".join(traceback.format_exception(error))
    return Failure(kind=kind, message=_middle_cut(message, _MESSAGE_LIMIT), traceback=text[-_TRACEBACK_LIMIT:])


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, outermost first."""
    seen: set[int] = set()
    queue: list[BaseException] = [error]
    while queue:
        link = queue.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        queue.extend(_causes(link))


def _causes(error: BaseException) -> Iterator[BaseException]:
    # Ray keeps causes in attributes: `RayTaskError.cause`, `WorkerGroupError.worker_failures` by rank, and so on.
    inner = (getattr(error, "cause", None), getattr(error, "controller_failure", None), error.__cause__)
    failures = getattr(error, "worker_failures", None)
    by_rank = tuple(failures.values()) if isinstance(failures, dict) else ()
    # The context of an exception (`During handling of …`) is not its cause: only an explicit cause counts.
    yield from (cause for cause in (*by_rank, *inner) if isinstance(cause, BaseException))


def _kind(error: BaseException) -> FailureClass | None:
    own = getattr(error, "kind", None)
    if isinstance(own, FailureClass):
        return own
    for base in type(error).__mro__:
        # Ray makes a class per task, `RayTaskError(FileNotFoundError)`, that inherits from both.
        if base.__name__ in _BY_NAME:
            return _BY_NAME[base.__name__]
    return None


def _middle_cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = (limit - 5) // 2
    return f"{text[:half]}\n…\n{text[-half:]}"
