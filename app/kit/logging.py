"""Structured logs: one JSON object a line, with the request id; never a secret, a prompt or a token."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from app.kit import redaction, traceback


def configure(level: str) -> None:
    """For our own loggers, and for those of libraries where nobody has set up the root logger before."""
    render: tuple[Processor, ...] = (structlog.processors.JSONRenderer(default=str),)
    chain: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _failure,
        _hide,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=(structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render),
        )
    )
    logging.basicConfig(level=level, handlers=[handler])
    # Its addresses may be signed.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*chain, *render],
        logger_factory=_Lines,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )


def request_id() -> str | None:
    """Of the request that this is part of."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


def _failure(logger: Any, method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = traceback.described(error)
    return event


def _hide(logger: Any, method: str, event: EventDict) -> EventDict:
    return {name: redaction.redacted(value, name=name) for name, value in event.items()}


class _Lines:
    """Writes to what standard output is now."""

    def __init__(self, *_: Any) -> None:
        pass

    def msg(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = msg
