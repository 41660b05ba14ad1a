"""`docs/notes/logs.md` lists what is logged and where it goes (OWASP ASVS 5.0: 16.1.1, 16.2.3)."""

import ast
import functools
import re

from tests.architecture.source import ROOT, modules

NOTE = (ROOT / "docs/notes/logs.md").read_text()
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
PACKAGES = ("app", "deployments")


@functools.cache
def families() -> set[str]:
    """What comes before the dot of the name of each line that the platform writes."""
    found: set[str] = set()
    for package in PACKAGES:
        for path, tree in modules(package):
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                if ast.unparse(node.func.value) != "log" or node.func.attr not in LEVELS:
                    continue
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}: the name of a line is written out"
                found.add(str(name.value).partition(".")[0])
    return found


def test_every_family_of_lines_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", NOTE, re.MULTILINE))
    assert families() - listed == set(), "tell it in docs/notes/logs.md"
    assert listed - families() == set(), "nothing writes it any more"


def test_the_control_plane_writes_lines_to_standard_output_alone() -> None:
    """No file, socket, syslog or mail handler: where lines go is the operator's."""
    for path, tree in modules("app"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert not re.search(r"\b(FileHandler|\w*RotatingFileHandler|SysLogHandler|SocketHandler)$", name), path
                assert not re.search(r"\b(SMTPHandler|HTTPHandler|DatagramHandler)$", name), path
