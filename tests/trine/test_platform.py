"""The client against the real application and a real database."""

import json
import math
import os
import stat
import subprocess
import threading
from pathlib import Path
from uuid import uuid4

import pytest

import trine
from tests.trine.conftest import PASSWORD, Person
from tests.trine.live import Live
from tests.trine.shell import execute
from trine.client import AsyncClient, Client
from trine.errors import AuthenticationError, Conflict, NotFound, ValidationFailed
from trine.specs.simulation import ModelPolicy, SimulationSpec
from trine.specs.training import ClassifierSpec
from trine.specs.tuning import StudySpec, Uniform

ROOT = Path(__file__).parents[2]


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    stdin = environment.pop("stdin", "")
    return execute(*arguments, environment={**os.environ, **environment}, stdin=stdin)


def test_accounts_keys_and_projects(client: Client, signed_in: Person) -> None:
    me = client.account.me()
    assert me.user.email == signed_in.email
    assert [row.slug for row in client.organizations.list()] == [signed_in.org]
    assert client.projects.get(signed_in.project).id == me.default_project_id
    made = client.api_keys.create(name="short-lived")
    with Client(client.transport.url, made.key) as other:
        assert other.account.me().user.email == signed_in.email
        client.api_keys.revoke(made.id)
    with Client(client.transport.url, "trn_nonsense") as stranger, pytest.raises(AuthenticationError) as caught:
        stranger.account.me()
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")


def test_a_run_is_read_back_as_it_was_logged(client: Client, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/config.json").write_text("{}")
    with trine.init(name="whole", config={"lr": 0.5, "shape": [1, 2]}, tags={"kind": "test"}) as run:
        for step in range(300):
            run.log({"loss": 1 / (step + 1), "odd": math.inf if step % 2 else -math.inf}, step=step)
        run.log({"loss": math.nan}, step=300)
        run.log_output("first\nsecond\n")
        run.summarize({"best": 0.25})
        artifact = run.log_artifact(tmp_path / "model", type="model")
    found = client.runs.get(run.id)
    assert (found.status, found.params, found.summary["best"]) == ("succeeded", {"lr": 0.5, "shape": [1, 2]}, 0.25)
    assert found.tags["kind"] == "test"
    assert {each.name: (each.step, each.points) for each in found.metrics} == {"loss": (300, 301), "odd": (299, 300)}
    loss, odd = client.runs.metrics(run.id, ["loss", "odd"], points=1000)
    assert loss.steps == list(range(301))
    assert loss.values[:300] == [1 / (step + 1) for step in range(300)]
    assert math.isnan(loss.values[300])
    assert odd.values == [math.inf if step % 2 else -math.inf for step in range(300)]
    assert "".join(line.text for line in client.runs.logs(run.id, follow=True)) == "first\nsecond\n"
    assert [each.path for each in client.artifacts.get(artifact).files] == ["config.json"]
    assert client.artifacts.download(artifact, "config.json", tmp_path / "back/config.json").read_text() == "{}"
    assert {each.name: each.type for each in client.runs.artifacts(run.id)} == {
        "model": "model",
        "environment": "environment",
    }


def test_while_the_real_platform_is_away_nothing_is_lost_and_nothing_doubled(client: Client, live: Live) -> None:
    run = trine.init(name="away")
    run.log({"loss": 0.0}, step=0)
    assert run.flush()
    live.stop()
    for step in range(1, 200):
        run.log({"loss": float(step)}, step=step)
    assert not run.flush(timeout=0.5)
    live.start()
    run.finish(timeout=30)
    (series,) = client.runs.metrics(run.id, ["loss"], points=1000)
    assert (series.total, series.values) == (200, [float(step) for step in range(200)])
    assert client.runs.get(run.id).status == "succeeded"


def test_lists_go_on_beyond_a_page(client: Client, signed_in: Person) -> None:
    for index in range(103):
        client.experiments.create(name=f"experiment-{index}")
    names = [row.name for row in client.experiments.list() if row.name.startswith("experiment-")]
    assert names == [f"experiment-{index}" for index in reversed(range(103))]
    assert len(list(client.experiments.list(limit=101))) == 101


def test_a_training_job_is_submitted_explained_cancelled_and_retried(client: Client) -> None:
    job = client.training_jobs.create(spec=ClassifierSpec(recipe="classify", name="digits"))
    assert (job.recipe, job.workload.status) == ("classify", "queued")
    assert client.workloads.explain(job.workload.id).would_change
    assert job.workload.id in [row.id for row in client.workloads.list(kind="training")]
    assert next(client.training_jobs.list(limit=1)).id == job.id
    assert client.training_jobs.cancel(job.id).workload.ended
    assert client.training_jobs.wait(job.id, within=10).workload.status == "cancelled"
    assert list(client.training_jobs.logs(job.id, follow=True)) == []
    assert client.training_jobs.retry(job.id).workload.status == "queued"
    client.training_jobs.cancel(job.id)
    assert job.id in {row.id for row in client.training_jobs.list(sort="-duration")}


def test_studies_simulations_models_and_services(client: Client) -> None:
    base = ClassifierSpec(recipe="classify", name="base")
    space = {"learning_rate": Uniform(kind="uniform", low=0.1, high=0.2)}
    study = client.studies.create(spec=StudySpec(name="search", base=base, space=space))
    assert client.studies.get(study.id).best is None
    assert list(client.studies.trials(study.id)) == []
    assert client.studies.cancel(study.id).workload.ended
    extended = client.studies.extend(study.id, trials=20)
    assert (extended.spec["trials"], extended.workload.status) == (20, "queued")
    assert client.studies.cancel(study.id).workload.ended
    model = client.models.create(name="nothing-yet")
    assert client.models.get(model.id).versions == []
    name = f"chat-{uuid4().hex[:8]}"
    service = client.services.create(name=name)
    assert [row.id for row in client.services.list(limit=1)] == [service.id]
    assert client.services.metrics(service.id).total.requests == 0
    with pytest.raises(ValidationFailed, match="no version of the model"):
        client.services.deploy(service.id, model="nothing-yet")
    client.services.remove(service.id)
    assert client.queues.list()
    assert isinstance(client.nodes.list(), list)


def test_a_simulation_has_no_report_before_it_ran(client: Client) -> None:
    simulation = client.simulations.create(spec=SimulationSpec(name="cartpole", episodes=3))
    assert client.simulations.get(simulation.id).environment == "CartPole-v1"
    with pytest.raises((Conflict, NotFound)):
        client.simulations.report(simulation.id)
    assert client.simulations.cancel(simulation.id).workload.ended
    policy = ModelPolicy(kind="model", model="never-trained")
    with pytest.raises((ValidationFailed, NotFound), match="never-trained"):
        client.simulations.create(spec=SimulationSpec(name="cartpole", policy=policy))


def test_typed_errors_name_the_field(client: Client) -> None:
    with pytest.raises(ValidationFailed) as caught:
        client.training_jobs.create(spec={"recipe": "poetry", "name": "x"})
    assert "poetry" in str(caught.value)
    assert any("recipe" in each.field for each in caught.value.fields)
    with pytest.raises(NotFound):
        client.runs.get(uuid4())
    with pytest.raises(NotFound, match="nowhere"):
        client.training_jobs.create(spec=ClassifierSpec(recipe="classify", name="x"), project="nowhere")


def test_a_run_that_has_ended_stays_ended(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    run = trine.init(name="twice")
    client.transport.request("PATCH", f"/api/v1/runs/{run.id}", json={"status": "cancelled"})
    run.finish("succeeded")
    assert client.runs.get(run.id).status == "cancelled"
    assert "was not set to succeeded" in caplog.text
    with pytest.raises(Conflict):
        client.transport.request("PATCH", f"/api/v1/runs/{run.id}", json={"status": "failed"})


async def test_the_asynchronous_client_does_the_same(signed_in: Person) -> None:
    async with AsyncClient() as client:
        assert (await client.account.me()).user.email == signed_in.email
        job = await client.training_jobs.create(spec=ClassifierSpec(recipe="classify", name="async"))
        assert [row.id async for row in client.training_jobs.list(limit=1)] == [job.id]
        assert (await client.training_jobs.cancel(job.id)).workload.ended
        assert [line async for line in client.training_jobs.logs(job.id, follow=True)] == []
        with pytest.raises(NotFound):
            await client.models.get(uuid4())


def test_logs_are_followed_as_they_come(client: Client) -> None:
    run = trine.init(name="followed")
    heard: list[str] = []
    first = threading.Event()

    def listen() -> None:
        for line in client.runs.logs(run.id, follow=True):
            heard.append(line.text)
            first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    run.log_output("one\n")
    run.flush()
    assert first.wait(20)
    run.log_output("two\n")
    run.finish()
    listener.join(20)
    assert "".join(heard) == "one\ntwo\n"


def test_sign_in_from_the_command_line(live: Live, person: Person, tmp_path: Path) -> None:
    home = {"TRINE_HOME": str(tmp_path)}
    wrong = command("login", "--url", live.url, "--email", person.email, TRINE_PASSWORD="not the password", **home)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    named = ("--email", person.email, "--project", person.project)
    done = command("login", "--url", live.url, *named, stdin=PASSWORD + "\n", **home)
    assert done.returncode == 0, done.stderr
    kept = tmp_path / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["project"] == person.project
    assert PASSWORD not in kept.read_text()
    assert person.email in command("whoami", **home).stdout
    listed = json.loads(command("project", "list", "--json", **home).stdout)
    assert {row["slug"] for row in listed} == {"default", person.project}


def test_work_from_the_command_line(signed_in: Person, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("recipe: classify\nname: from-cli\n")
    made = command("job", "submit", str(spec), "--set", "epochs=2", "--json")
    assert made.returncode == 0, made.stderr
    job = json.loads(made.stdout)
    assert job["spec"]["epochs"] == 2
    assert "queued" in made.stderr
    assert "from-cli\tclassify\tqueued" in command("job", "list").stdout
    assert json.loads(command("job", "get", "from-cli", "--json").stdout)["id"] == job["id"]
    assert f"id\t{job['id']}" in command("job", "get", job["id"]).stdout
    assert json.loads(command("queue", "explain", job["workload"]["id"], "--json").stdout)["status"] == "queued"
    assert command("job", "cancel", "from-cli").returncode == 0
    followed = command("job", "logs", "from-cli", "--follow")
    assert (followed.returncode, followed.stdout) == (0, "")
    unknown = command("job", "get", "never-made")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "There is no training job named 'never-made'" in unknown.stderr
    refused = command("service", "chat", "nobody", "hello")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_logs_are_searched(client: Client) -> None:
    for number in range(3):
        with trine.init(name=f"printing {number}", capture=False, system_metrics=False) as run:
            run.log_output(f"all is well\nerror {number}: out of memory\n")
    (hit, *older) = client.runs.search_logs("error memory")
    assert (hit.run_name, hit.line, hit.text) == ("printing 2", 1, "error 2: out of memory")
    assert len(older) == 2
    assert [each.text for each in client.runs.search_logs("error", run=older[-1].run_id)] == ["error 0: out of memory"]
    assert next(iter(client.runs.logs(hit.run_id, first=hit.log_id))).text.splitlines()[hit.line] == hit.text
    of_run = command("run", "logs", "printing 1", "--search", '"out of memory"')
    assert of_run.stdout.splitlines()[1].endswith("\terror 1: out of memory")
    found = json.loads(command("run", "search-logs", "error -1", "--limit", "1", "--json").stdout)
    assert [each["text"] for each in found] == ["error 2: out of memory"]
    refused = command("run", "search-logs", "...")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "needs a word" in refused.stderr


def test_runs_are_searched(client: Client) -> None:
    ours = "tags.team = 'searched'"
    for number in range(3):
        with trine.init(name=f"seed {number}", config={"seed": number, "lr": 0.1}, tags={"team": "searched"}) as run:
            run.log({"loss": 1.0 - number / 10}, step=0)
    found = [row.name for row in client.runs.search(f"params.lr = 0.1 and {ours}", sort="params.seed desc")]
    assert found == ["seed 2", "seed 1", "seed 0"]
    (row,) = client.runs.search(f"params.seed = 1 and {ours}", columns=["params.seed"])
    assert (row.params, row.tags) == ({"seed": 1}, {})
    table = command(
        "run",
        "list",
        "--filter",
        "params.seed > 0 and tags.team = 'searched'",
        "--sort",
        "params.seed",
        "--column",
        "params.seed",
    )
    heading, *lines = [line.split("\t") for line in table.stdout.splitlines()]
    at = heading.index("params.seed")
    assert [(line[0], line[at]) for line in lines] == [("seed 1", "1"), ("seed 2", "2")]
    told = json.loads(
        command(
            "run", "list", "--filter", "params.seed = 2 and tags.team = 'searched'", "--kind", "custom", "--json"
        ).stdout
    )
    assert [each["name"] for each in told] == ["seed 2"]
    refused = command("run", "list", "--filter", "params.seed >")
    assert refused.returncode != 0
    assert "character 14" in refused.stderr


def test_runs_from_the_command_line(signed_in: Person) -> None:
    with trine.init(name="shown", config={"lr": 1}) as run:
        for step in range(5):
            run.log({"loss": 1 / (step + 1), "accuracy": step / 5}, step=step)
    assert run.id in command("run", "list").stdout
    shown = command("run", "get", run.id).stdout
    assert "loss\t0.2\t4\t0.2\t1\t5" in shown
    assert command("run", "metrics", "shown", "loss").stdout.splitlines()[:2] == ["step\tloss", "0\t1"]
    series = json.loads(command("run", "metrics", run.id, "--json").stdout)
    assert sorted(each["name"] for each in series) == ["accuracy", "loss"]
