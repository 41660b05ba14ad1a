"""The card of a version of which nobody has written one: where it comes from, how good it is, how to use it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trine.specs.registry import Signature


@dataclass(frozen=True, slots=True)
class Facts:
    model: str
    version: int
    description: str
    framework: str
    licence: str | None
    digest: str
    size: int
    """Bytes."""
    run: str
    """Its name."""
    run_id: str
    params: Mapping[str, Any]
    """By their dotted names."""
    metrics: Mapping[str, Any]
    signature: Signature | None


def render(facts: Facts) -> str:
    """Markdown."""
    sections = [
        f"# {facts.model}, version {facts.version}",
        facts.description or "_Nobody has described this version yet._",
        _table(
            ("", ""),
            {
                "Framework": facts.framework,
                "Licence": facts.licence or "not stated",
                "Size": f"{facts.size / 1e6:.1f} MB",
                "Digest (SHA-256)": f"`{facts.digest}`",
                "Made by the run": f"{_cell(facts.run)} (`{facts.run_id}`)",
            },
        ),
        "## Data",
        _data(facts.params),
        "## Metrics",
        _table(("Metric", "Value"), {_cell(name): _cell(value) for name, value in sorted(facts.metrics.items())})
        or "None were recorded.",
        "## Parameters",
        _table(("Parameter", "Value"), {_cell(name): _cell(value) for name, value in sorted(facts.params.items())})
        or "None were recorded.",
        *(_signature(facts.signature) if facts.signature else ()),
        "## How to use it",
        _use(facts),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _data(params: Mapping[str, Any]) -> str:
    """As the spec of a recipe names it."""
    for name in ("data.name", "data.artifact", "data.path"):
        if name in params:
            return f"Trained on {_cell(params.get('data.source', 'other'))} data: {_cell(params[name])}."
    if "environment" in params:
        return f"Trained in the environment {_cell(params['environment'])}."
    return "The run did not say on which data it was trained."


def _signature(signature: Signature) -> tuple[str, str]:
    rows = {
        f"{what} {_cell(tensor.name)}": f"{_cell(tensor.type)} {list(tensor.shape)}"
        for what, tensors in (("in:", signature.inputs), ("out:", signature.outputs))
        for tensor in tensors
    }
    return "## Inputs and outputs", _table(("Tensor", "Type and shape (-1: any)"), rows)


def _use(facts: Facts) -> str:
    name = f"{facts.model}@{facts.version}"
    lines = ["```sh", f"trine model export {name} ./{facts.model}"]
    if facts.framework == "transformers":
        lines += ["```", "", "```python", "from transformers import AutoModelForCausalLM, AutoTokenizer", ""]
        lines += [f'model = AutoModelForCausalLM.from_pretrained("./{facts.model}")']
        lines += [f'tokenizer = AutoTokenizer.from_pretrained("./{facts.model}")']
    return "\n".join([*lines, "```"])


def _table(headings: tuple[str, str], rows: Mapping[str, str]) -> str:
    if not rows:
        return ""
    lines = [f"| {headings[0]} | {headings[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows.items())])


def _cell(value: object) -> str:
    """On one line, and no markup: names come from other people."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    shown = text if len(text) <= 200 else f"{text[:200]}…"
    for mark in "\\`*_[]<>|#":
        shown = shown.replace(mark, f"\\{mark}")
    return " ".join(shown.split())
