"""A language-model problem of a second: sentences of one pattern."""

import random
from pathlib import Path
from typing import Any

from trine.specs.training import LanguageModelSpec


def write_sentences(folder: Path, documents: int = 120) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    choose = random.Random(0)
    for number in range(documents):
        lines = (
            f"the {choose.choice(['red', 'blue', 'green'])} fox has {choose.randrange(9)} eggs\n" for _ in range(40)
        )
        (folder / f"{number:03d}.txt").write_text("".join(lines))
    return folder


def tiny_fields(data: dict[str, str]) -> dict[str, Any]:
    return {
        "recipe": "lm",
        "name": "tiny",
        "data": data,
        "validation_fraction": 0.1,
        "validation_tokens": 256,
        "vocabulary": 300,
        "shape": {"layers": 1, "hidden": 32, "heads": 2, "key_value_heads": 1, "intermediate": 48, "context": 32},
        "optimizer": {"warmup_steps": 2},
        "steps": 20,
        "batch": 4,
        "report_every": 5,
        "validate_every": 10,
        "checkpoint": {"every_steps": 10},
    }


def tiny_spec(data: Path, **changes: Any) -> LanguageModelSpec:
    return LanguageModelSpec.model_validate(tiny_fields({"source": "path", "path": str(data)}) | changes)
