"""The command line against the wire, and what it says to bad input: one line, an exit code, never a traceback."""

import ast
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import trine.errors
from tests.trine.shell import execute
from tests.trine.wire import KEY, Wire
from trine.cli.chinese import CHINESE

ROOT = Path(__file__).parents[2]
GOOD = "recipe: classify\nname: digits\n"


def trine_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name.startswith("TRINE_")}
    folder = environment.pop("cwd", str(ROOT))
    told = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **known, **environment}
    return execute(*arguments, environment=told, folder=folder)


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("recipe: lm\nname: x\nstepz: 3\n", (), "lm.stepz: there is no such field"),
        ("recipe: poetry\nname: x\n", (), "'poetry' is not known; allowed: 'lm', 'classify', 'ppo'"),
        ("name: x\n", (), "recipe: it is missing"),
        ("recipe: lm\nname: Not A Name\n", (), "lm.name: String should match pattern"),
        ("recipe: lm\nname: x\nbatch: 3\n", (), "batch (3) must be a multiple of resources.workers (2)"),
        ("- 1\n", (), "must hold a mapping"),
        ("a: [\n", (), "is not YAML"),
        (GOOD, ("--set", "epochs"), "--set takes PATH=VALUE"),
        (GOOD, ("--set", "epochs=-1"), "classify.epochs: Input should be greater than or equal to 1"),
        (GOOD, ("--set", "name.x=1"), "'name' has no fields"),
    ],
)
def test_a_wrong_spec_is_named_before_anything_is_sent(
    tmp_path: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    done = trine_command("job", "submit", str(spec), *arguments, TRINE_HOME=str(tmp_path))
    assert done.returncode == 2
    assert said in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("job", "submit", "nowhere.yaml"), 2, "nowhere.yaml cannot be read: No such file"),
        (("job", "submit"), 2, "Missing argument"),
        (("job", "dance"), 2, "No such command 'dance'"),
        (("import", "mlflow"), 2, "Missing argument"),
        (("job", "list", "--limit", "many"), 2, "Invalid value for '--limit'"),
        (("job", "list"), 1, "Run `trine login`"),
        (("whoami",), 1, "Run `trine login`"),
    ],
)
def test_bad_use_is_one_line(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = trine_command(*arguments, TRINE_HOME=str(tmp_path))
    assert done.returncode == code
    assert said in done.stderr
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_it_speaks_chinese(tmp_path: Path) -> None:
    # Its help is made when it is imported.
    help_of_its_own = [sys.executable, "-m", "trine", "--help"]
    environment = os.environ | {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}
    assert "训练任务" in subprocess.check_output(help_of_its_own, text=True, cwd=ROOT, env=environment)
    done = trine_command("whoami", TRINE_HOME=str(tmp_path), LANG="zh_CN.UTF-8")
    assert "请运行 `trine login`" in done.stderr


def test_every_text_has_a_translation_with_the_same_values() -> None:
    texts = {
        error.advice for error in vars(trine.errors).values() if isinstance(error, type) and hasattr(error, "advice")
    }
    for path in (ROOT / "trine/cli").glob("*.py"):
        texts |= set(_literals(ast.parse(path.read_text())))
    assert sorted(texts - {""} - set(CHINESE)) == []
    for text, translated in CHINESE.items():
        assert _values(text) == _values(translated), text


def test_an_address_that_is_none(wire: Wire) -> None:
    done = trine_command("run", "sync", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    wire.stop()
    failed = trine_command("run", "sync", TRINE_URL="nonsense", TRINE_API_KEY=KEY)
    assert failed.returncode == 1
    assert "'nonsense' is not an address of a platform" in failed.stderr


def test_sync_sends_what_a_dead_process_left(wire: Wire) -> None:
    wire.stop()
    program = (
        "from trine import Run, RunHandle\n"
        f"run = Run.attach(RunHandle({wire.url!r}, 'r', {KEY!r}))\n"
        "run.log({'loss': 1.0}, step=0)\n"
        "run.flush(0.3)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    wire.start()
    done = trine_command("run", "sync", "--json")
    assert [(each["state"], each["sent"]) for each in json.loads(done.stdout)] == [("sent", 1)]
    assert wire.points("r") == {"loss": [(0, 1.0)]}


def test_the_platform_commands_say_when_only_the_client_is_installed(tmp_path: Path) -> None:
    (tmp_path / "trine").symlink_to(ROOT / "trine")
    # Without `site` the editable installation of the platform is out of reach; what the client needs is not.
    libraries = os.pathsep.join([str(tmp_path), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    done = subprocess.run(
        [sys.executable, "-S", "-m", "trine", "status"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": libraries, "TRINE_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "Only the light client is installed here" in done.stderr


def _literals(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", None) == "t"
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def _values(text: str) -> list[Any]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)
