"""What no line of ours does, because input could reach it (OWASP ASVS 5.0: 1.2.5, 1.3.2, 1.5.2, 11.4.1, 11.5.1)."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import modules

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
