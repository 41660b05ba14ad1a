"""What no line of ours does, because input could reach it (OWASP ASVS 5.0: 1.2.5, 1.3.2, 1.5.2, 3.2.2, 3.7.1, 11.4.1,
11.5.1, 12.1.1, 13.4.2, 15.3.6)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, files, modules

PACKAGES = ("app", "deployments", "train", "tune", "sim", "trine")
CONTROL_PLANE_NEVER = {"subprocess", "pickle", "marshal", "shelve", "random", "xml"}
"""It executes nothing, reads no pickled object, and every random number of it may be a secret."""
CALLED_NEVER = {
    *("eval", "exec", "compile", "os.system", "os.popen", "os.execvp", "yaml.unsafe_load", "yaml.full_load"),
    *("hashlib.md5", "hashlib.sha1", "hashlib.new", "torch.jit.load", "numpy.load", "np.load"),
}


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_the_control_plane_executes_and_unpickles_nothing() -> None:
    found = []
    for path, tree in modules("app"):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in names if name.split(".")[0] in CONTROL_PLANE_NEVER]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_evaluated_and_no_weak_digest_is_made(package: str) -> None:
    found = [
        f"{path}:{node.lineno} {name}"
        for path, tree in modules(package)
        for name, node in calls(tree)
        if name in CALLED_NEVER
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_command_is_a_list_of_words_and_never_a_line_for_a_shell(package: str) -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules(package)
        for name, node in calls(tree)
        if name.endswith("create_subprocess_shell")
        or any(each.arg == "shell" and ast.unparse(each.value) != "False" for each in node.keywords)
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_weights_are_loaded_without_the_code_in_them(package: str) -> None:
    found = [
        f"{path}:{node.lineno} {name}"
        for path, tree in modules(package)
        for name, node in calls(tree)
        if (name == "torch.load" and not any(each.arg == "weights_only" for each in node.keywords))
        or any(each.arg == "trust_remote_code" and ast.unparse(each.value) != "False" for each in node.keywords)
        or any(each.arg == "weights_only" and ast.unparse(each.value) != "True" for each in node.keywords)
    ]
    assert found == []


def test_nothing_runs_in_a_debug_mode() -> None:
    found = [
        f"{path}:{node.lineno}"
        for package in ("app", "deployments")
        for path, tree in modules(package)
        for _, node in calls(tree)
        if any(each.arg in {"debug", "reload"} and ast.unparse(each.value) != "False" for each in node.keywords)
    ]
    assert found == []
    for name in files(".yaml", ".env", "Caddyfile", "Dockerfile", "run", "prepare"):
        if name.startswith(("deploy/", "serve_config")):
            said = (ROOT / name).read_text()
            assert not re.search(
                r"(?im)^\s*debug\b(?!\s*[:=]\s*(false|0|off))|LOG_?LEVEL['\"]?\s*[:=]\s*['\"]?debug", said
            ), name


def test_the_listener_speaks_new_tls_alone() -> None:
    listened = (ROOT / "deploy/proxy/Caddyfile").read_text()
    assert re.findall(r"protocols (tls\S+.*)", listened) == ["tls1.2 tls1.3"]


def test_the_page_writes_no_markup_loads_no_plug_in_and_merges_no_foreign_object() -> None:
    forbidden = re.compile(r"dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|__proto__")
    plug_in = re.compile(r"<(object|embed|applet)\b|navigator\.plugins")
    merging = {"web/src/features/scheduling/attempts.ts", "web/src/lib/i18n/locale.ts"}  # of our own texts and fields
    read = 0
    for name in files(".ts", ".tsx", ".html"):
        if not name.startswith("web/") or ".test." in name:
            continue
        read += 1
        text = (ROOT / name).read_text()
        assert not forbidden.search(text), name
        assert not plug_in.search(text), name
        assert name in merging or "Object.assign" not in text, name
    assert read > 100
    assert not re.search(r'"(lodash|deepmerge|merge-deep|jquery|qs)"', (ROOT / "web/package.json").read_text())
