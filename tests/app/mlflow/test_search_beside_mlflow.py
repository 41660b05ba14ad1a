"""Filters and orders beside MLflow's own store: the same runs in the same order, whatever is asked."""

import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from tests.app.mlflow.conftest import in_thread

pytestmark = [
    pytest.mark.timeout(900),
    # Of the other store, which MLflow opens with SQLAlchemy.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"),
]

RUNS, QUESTIONS = 24, 250
NAMES = ("loss", "val/acc", "a b")
WORDS = ("adam", "Adam", "sgd", "a_am", "50%", "a\\b", "1e-3", "", "Ünal", "~z", "B")
STATUSES = ("FINISHED", "FAILED", "KILLED", "RUNNING")
NUMBERS = (0.0, 1.0, -1.5, 0.1, 1e6, math.nan, math.inf, -math.inf)
DATA = ("squad", "glue", "Squad")
CONTEXTS = ("train", "eval")


def fill(client: MlflowClient) -> tuple[str, dict[str, str]]:
    """Its experiment, and the run's name → its id. Always the same."""
    draw = random.Random(7)
    experiment = client.create_experiment("searched")
    ids = {}
    for number in range(RUNS):
        name = f"{draw.choice(('run', 'Run', 'x_'))}-{number}"
        started = 1_600_000_000_000 + draw.randrange(10**9)
        run = client.create_run(experiment, start_time=started, run_name=name, tags={"mlflow.user": draw.choice(WORDS)})
        ids[name] = run.info.run_id
        params = [Param(key, draw.choice(WORDS) or "0") for key in NAMES if draw.random() < 0.7]
        tags = [RunTag(key, draw.choice(WORDS)) for key in NAMES if draw.random() < 0.7]
        metrics = [Metric(key, draw.choice(NUMBERS), started, 0) for key in NAMES if draw.random() < 0.7]
        client.log_batch(run.info.run_id, metrics=metrics, params=params, tags=tags)
        datasets = [
            DatasetInput(
                Dataset(name=data, digest=draw.choice(("d1", "d2")), source_type="local", source="x"),
                tags=[InputTag("mlflow.data.context", draw.choice(CONTEXTS))],
            )
            for data in draw.sample(DATA, draw.randrange(3))
        ]
        if datasets:
            client.log_inputs(run.info.run_id, datasets=datasets)
        if (status := draw.choice(STATUSES)) != "RUNNING":
            client.set_terminated(run.info.run_id, status, end_time=started + draw.randrange(10**6))
    return experiment, ids


def questions() -> Iterator[tuple[str, list[str]]]:
    draw = random.Random(11)
    for _ in range(QUESTIONS):
        joint = draw.choice((" and ", " AND "))
        conditions = joint.join(condition(draw) for _ in range(draw.choice((1, 1, 2, 3))))
        yield conditions if draw.random() < 0.9 else "", orders(draw)


def condition(draw: random.Random) -> str:
    kind = draw.choice(("metric", "param", "tag", "text", "time", "run_id", "dataset"))
    like = draw.choice(("=", "!=", "LIKE", "ILIKE", "like"))
    match kind:
        case "metric":
            entity = draw.choice(("metrics", "metric"))
            number = draw.choice(("0", "1", "-1.5", "0.1", "1e6", "1000000", ".5"))
            return f"{entity}.{key(draw)} {draw.choice(('=', '!=', '<', '<=', '>', '>='))} {number}"
        case "param" | "tag":
            plural = draw.choice((kind, f"{kind}s", f"`{kind}s`"))
            if draw.random() < 0.3:
                return f"{plural}.{key(draw)} {draw.choice(('IS NULL', 'IS NOT NULL', 'is null', 'is not null'))}"
            return f"{plural}.{key(draw)} {like} {quoted(draw, pattern(draw))}"
        case "text":
            name = draw.choice(
                ("run_name", "`run name`", "user_id", "status", "tags.mlflow.runName", "tag.mlflow.user")
            )
            plain = name if name.startswith("tag") else f"{draw.choice(('', 'attributes.', 'attr.', 'run.'))}{name}"
            value = draw.choice((*STATUSES, "FIN%", "run-%", "x_-1_", pattern(draw)))
            return f"{plain} {like} {quoted(draw, value)}"
        case "time":
            name = draw.choice(("start_time", "end_time", "created", "Created"))
            at = 1_600_000_000_000 + draw.randrange(10**9)
            return f"attributes.{name} {draw.choice(('<', '>=', '!='))} {at}"
        case "run_id":
            some = draw.sample(range(RUNS), 3)
            written = ", ".join(f"'{{{number}}}'" for number in some)
            return draw.choice(
                (
                    f"run_id IN ({written})",
                    f"attributes.run_id NOT IN ({written})",
                    f"run_id = '{{{some[0]}}}'",
                    f"run_id != '{{{some[0]}}}'",
                )
            )
    name = draw.choice(("name", "digest", "context"))
    values = {"name": DATA, "digest": ("d1", "d2"), "context": CONTEXTS}[name]
    if draw.random() < 0.3:
        some = ", ".join(f"'{value}'" for value in draw.sample(values, 2))
        return f"dataset.{name} {draw.choice(('IN', 'NOT IN'))} ({some})"
    return f"{draw.choice(('dataset', 'datasets'))}.{name} {like} {quoted(draw, draw.choice((*values, 's%', '%A%')))}"


def key(draw: random.Random) -> str:
    chosen = draw.choice(NAMES)
    return draw.choice((f"`{chosen}`", f'"{chosen}"')) if chosen != "loss" else draw.choice(("loss", "`loss`"))


def pattern(draw: random.Random) -> str:
    return draw.choice((*WORDS, "a%", "%A%", "_dam", "%\\%", "50%%", "%"))


def quoted(draw: random.Random, value: str) -> str:
    return f"'{value}'" if draw.random() < 0.8 else f'"{value}"'


def orders(draw: random.Random) -> list[str]:
    columns = ["metrics.loss", "metrics.`val/acc`", "params.loss", "tags.`a b`", "start_time", "end_time", "run_name"]
    columns += ["attributes.status", "user_id", "attribute.Created"]
    chosen = draw.sample(columns, draw.choice((0, 1, 1, 2)))
    if {"start_time", "attribute.Created"} <= set(chosen):
        chosen.remove("start_time")
    return [f"{column}{draw.choice(('', ' ASC', ' DESC', ' desc'))}" for column in chosen]


class Side:
    def __init__(self, address: str) -> None:
        self._client = MlflowClient(tracking_uri=address)
        self._experiment, self._ids = fill(self._client)

    def found(self, text: str, order: list[str]) -> list[str]:
        """Names of runs. Raises `MlflowException`."""
        written = text.format(*self._ids.values()) if "{" in text else text
        runs: list[Any] = []
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment], written, order_by=order, max_results=10, page_token=token
            )
            runs += page
            token = page.token
            if not token:
                return [run.info.run_name for run in runs]


async def test_the_same_runs_in_the_same_order(tracking: str, tmp_path: Path) -> None:
    def compare() -> tuple[int, int, list[str]]:
        theirs, ours = Side(f"sqlite:///{tmp_path / 'mlflow.db'}"), Side(tracking)
        asked = some = 0
        different = []
        for text, order in questions():
            try:
                wanted = theirs.found(text, order)
            except MlflowException:
                continue
            asked += 1
            some += 0 < len(wanted) < RUNS
            try:
                got = ours.found(text, order)
            except MlflowException as error:
                different.append(f"{text!r} {order}: refused: {error}")
                continue
            if got != wanted:
                different.append(f"{text!r} {order}: {got} instead of {wanted}")
        return asked, some, different

    asked, some, different = await in_thread(compare)
    assert different == [], f"{len(different)} of {asked}:\n" + "\n".join(different[:10])
    assert asked > 0.8 * QUESTIONS, "MLflow refuses too many of the questions"
    assert some > 0.3 * QUESTIONS, "too many questions tell no runs apart"
