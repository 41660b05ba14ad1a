"""The side of a job that the controller launched: its task, its run, its inputs, its trials."""

import math
import os
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from trine.artifacts import PARALLEL, fetch, inside
from trine.errors import EnrolmentError, TrineError
from trine.handle import RunHandle
from trine.home import URL
from trine.run import Run
from trine.specs.enrolment import Enrolment, InputFile
from trine.system import interval_of
from trine.transport import Transport

ENROLMENT = "TRINE_ENROLMENT"
PATIENCE = 300.0
"""Seconds a worker waits for a platform that is away, e.g. during an upgrade."""

TrialStatus = Literal["running", "succeeded", "stopped", "failed"]
"""`stopped`: ended early, because others did better."""


def enrol() -> "Worker | None":
    """Exchanges the code in `TRINE_ENROLMENT` for the task, and removes it from the environment. From then on the run
    is told of this machine, unless `TRINE_SYSTEM_METRICS` is off.

    None where there is no code. Raises `EnrolmentError` where the platform does not accept it.
    """
    code = os.environ.pop(ENROLMENT, None)
    if not code:
        return None
    url = os.environ.get(URL)
    if not url:
        raise EnrolmentError(f"{ENROLMENT} is set but {URL} is not.", code="enrolment_incomplete", advice=f"Set {URL}.")
    anonymous = Transport(url, None)
    try:
        # A code that arrived twice fails the attempt, so only a request that the platform cannot have seen is repeated.
        answer = anonymous.request("POST", "/api/v1/enrolments", json={"code": code}, once=True, patience=PATIENCE)
        enrolment = Enrolment.model_validate_json(answer.content)
    except ValidationError as error:
        raise EnrolmentError(
            f"The answer of {url} is not an enrolment: {error.error_count()} fields are wrong.",
            code="enrolment_unreadable",
            advice="Run workers of the same version as the platform.",
        ) from error
    except TrineError as error:
        raise EnrolmentError(error.detail, status=error.status, code=error.code) from error
    finally:
        anonymous.close()
    worker = Worker(url=anonymous.url, enrolment=enrolment)
    seconds = interval_of(None)
    if seconds is not None:
        worker.run.sample_system(seconds)
    return worker


@dataclass
class Worker:
    """What `enrol` returns. The token lives in memory alone."""

    url: str
    enrolment: Enrolment = field(repr=False)
    run: Run = field(init=False)

    def __post_init__(self) -> None:
        self._transport = Transport(self.url, self.enrolment.token)
        self._anonymous = Transport(self.url, None)  # a signed link speaks for itself: it gets no token
        self.run = Run(self._handle(str(self.enrolment.run_id)))

    def download(self, role: str, folder: Path) -> Path:
        """Brings the files of `enrolment.inputs[role]` into `folder`, digests verified, and returns it."""
        files = self.enrolment.inputs.get(role)
        if files is None:
            raise TrineError(
                f"The task has no input {role!r}; it has {sorted(self.enrolment.inputs)}.", code="no_input", advice=""
            )
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="trine-download") as pool:
            list(pool.map(lambda file: self._fetch(file, folder), files))
        return folder

    def start_trial(self, number: int, params: Mapping[str, Any]) -> "Trial":
        """A trial of this study and its run. Repeating a number is an error of the caller."""
        answer = self._transport.request(
            "POST",
            f"/api/v1/studies/{self.enrolment.subject_id}/trials",
            json={"number": number, "params": dict(params)},
            patience=PATIENCE,
        ).json()
        return Trial(id=str(answer["id"]), run=Run(self._handle(str(answer["run_id"]))), transport=self._transport)

    def wanted_trials(self) -> int:
        """How many trials this study is to have in all: somebody may have extended it."""
        place = f"/api/v1/studies/{self.enrolment.subject_id}"
        return int(self._transport.request("GET", place, patience=PATIENCE).json()["spec"]["trials"])

    def close(self) -> None:
        """Sends what is left and gives the connections up."""
        self.run.finish()
        self._transport.close()
        self._anonymous.close()

    def _fetch(self, file: InputFile, folder: Path) -> None:
        fetch(self._anonymous, file.url, inside(folder, file.path), sha256=file.sha256, size=file.size)

    def _handle(self, run_id: str) -> RunHandle:
        enrolment = self.enrolment
        return RunHandle(
            url=self._transport.url,
            run_id=run_id,
            token=enrolment.token,
            attempt=enrolment.attempt,
            worker=True,
            host=socket.gethostname(),
            started=enrolment.started_at.timestamp() if enrolment.started_at else 0.0,
        )


@dataclass(frozen=True)
class Trial:
    id: str
    run: Run
    transport: Transport = field(repr=False)

    def finish(self, status: TrialStatus, value: float | None = None) -> None:
        """Flushes the trial's run and sets its status and the value of the study's metric.

        A value that is not a number is no result: it is sent as none.
        """
        self.run.finish()
        number = float(value) if value is not None and math.isfinite(value) else None
        self.transport.request(
            "PATCH", f"/api/v1/trials/{self.id}", json={"status": status, "value": number}, patience=PATIENCE
        )
