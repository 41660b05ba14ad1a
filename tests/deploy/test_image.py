"""What the image is made of."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_but_what_is_named_enters_the_image() -> None:
    """So that neither the history of the repository, nor a secret, nor somebody's notes lie in it."""
    lines = (ROOT / "deploy/images/Dockerfile.dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule[1:] for rule in rules if rule.startswith("!")}
    assert named
    assert not {name for name in named if name.startswith(".") or "*" in name}
    assert "deploy/secrets" in rules[rules.index("!deploy") :]


def test_nothing_is_taken_from_elsewhere() -> None:
    dockerfile = (ROOT / "deploy/images/Dockerfile").read_text()
    assert not [line for line in dockerfile.splitlines() if line.split(" ")[0] == "ADD"]
