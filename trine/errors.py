"""What can go wrong between a client and the platform, one class for each thing a caller may want to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One field of a request that the platform refused."""

    field: str
    """Dotted path, e.g. `spec.optimizer.learning_rate`."""
    message: str


class TrineError(Exception):
    """Base of all errors of this package. `str(error)` is one line: what was wrong, then what to do."""

    advice = "Run the command again; if it keeps failing, look at the log of the platform."

    def __init__(
        self, detail: str, *, status: int | None = None, code: str = "error", advice: str | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = _sentence(detail)
        """What was wrong, as the platform put it."""
        self.status = status
        """HTTP status; None where there was no answer."""
        self.code = code
        """Stable, machine-readable."""
        if advice is not None:
            self.advice = advice

    def __str__(self) -> str:
        return f"{self.detail} {self.advice}".strip()


class NotConfigured(TrineError):
    """No address or no key is known."""

    advice = "Run `trine login`, or set TRINE_URL and TRINE_API_KEY."


class ConnectionFailed(TrineError):
    """The platform did not answer."""

    advice = "Check the address and that the platform runs (`trine status`)."


class AuthenticationError(TrineError):
    advice = "Run `trine login`, or set TRINE_API_KEY to a key that has not been revoked."


class PermissionDenied(TrineError):
    advice = "Ask an administrator of your organization for the permission."


class NotFound(TrineError):
    advice = "Check the identifier and that it belongs to one of your organizations."


class Conflict(TrineError):
    advice = "Fetch the current state and try again."


class ValidationFailed(TrineError):
    """The platform refused the request; `fields` names each field and why."""

    advice = ""

    def __init__(self, detail: str, *, fields: Sequence[FieldError] = (), **rest: Any) -> None:
        super().__init__(detail, **rest)
        self.fields = tuple(fields)

    def __str__(self) -> str:
        # A detail often is the messages already.
        unsaid = [each for each in self.fields if each.message not in self.detail]
        named = "; ".join(f"{each.field}: {each.message}" if each.field else each.message for each in unsaid)
        return f"{self.detail} {named}".strip()


class RateLimited(TrineError):
    advice = "Wait a little and send less at once."


class ServerError(TrineError):
    pass


class EnrolmentError(TrineError):
    """The single-use code of a job was not accepted."""

    advice = "The code of a job works once; submit the job again."


class DigestMismatch(TrineError):
    """Bytes that arrived are not the bytes that were named."""

    advice = "Download it again; if it keeps failing, the store has a damaged file."


def from_response(status: int, body: object, text: str = "") -> TrineError:
    """The typed error for an answer of 400 and above. `body` is its JSON, or None where it has none."""
    problem: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    nested = problem.get("error")
    if isinstance(nested, Mapping):  # the shape of OpenAI's API, on /v1
        problem = {"detail": nested.get("message"), "code": nested.get("code") or nested.get("type")}
    detail = problem.get("detail") or problem.get("title") or problem.get("message") or text.strip()[:300]
    if not isinstance(detail, str):
        detail = str(detail)
    facts: dict[str, Any] = {
        "status": status,
        "code": str(problem.get("code") or f"http_{status}"),
        "advice": problem["advice"] if isinstance(problem.get("advice"), str) else None,
    }
    detail = detail or f"The platform answered {status}."
    if status in (400, 413, 415, 422):
        return ValidationFailed(detail, fields=_fields(problem), **facts)
    return _CLASSES.get(status, ServerError if status >= 500 else TrineError)(detail, **facts)


def _sentence(text: str) -> str:
    """The platform's details are clauses; here they are followed by advice."""
    text = text.strip()
    return text if not text or text[-1] in ".!?:;。" else f"{text}."


_CLASSES: dict[int, type[TrineError]] = {
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    429: RateLimited,
}


def _fields(problem: Mapping[str, Any]) -> list[FieldError]:
    errors = problem.get("errors") or problem.get("fields") or []
    if isinstance(errors, Mapping):
        return [FieldError(str(field), str(message)) for field, message in errors.items()]
    found = []
    for each in errors if isinstance(errors, list) else []:
        if isinstance(each, Mapping):
            place = each.get("field", each.get("loc", each.get("pointer", "")))
            if isinstance(place, list):
                place = ".".join(str(part) for part in place if part != "body")
            found.append(
                FieldError(str(place), str(each.get("message") or each.get("msg") or each.get("detail") or ""))
            )
    return found
