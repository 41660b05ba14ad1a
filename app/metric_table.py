"""Prints the table of metrics from the code: `python -m app.metric_table > docs/notes/metrics.md`."""

import sys
from collections.abc import Iterator

from app.kit.meter import TELL_SECONDS, Histogram, Metric
from app.metrics import PREFIX, PROCESS, SECTIONS

HEAD = f"""# Metrics

Written by `python -m app.metric_table` from `app/metrics.py`; a test compares. Do not edit.

Each process gathers in memory and tells Ray every {TELL_SECONDS:g} s; Ray exports them for every node
(`ray start --metrics-export-port`, and `/tmp/ray/prom_metrics_service_discovery.json` lists the nodes), every ten
seconds anew. Each replica is a series of its own (Ray's label `WorkerId`), so dashboards sum. All have the label
`{PROCESS}`: `web`, `gateway` or `controller`. A histogram is three metrics: `…_bucket` (with the label `le`), `…_sum`
and `…_count`.
"""


def render() -> str:
    lines = [HEAD]
    for title, metrics in SECTIONS.items():
        lines += [f"## {title}", "", "| metric | kind | labels | what |", "|---|---|---|---|"]
        lines += [_row(metric) for metric in metrics]
        lines += _buckets(metrics)
        lines += [""]
    return "\n".join(lines)


def _row(metric: Metric) -> str:
    suffix = metric.suffixes[0] if len(metric.suffixes) == 1 else ""
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
    return f"| `{PREFIX}{metric.name}{suffix}` | {metric.kind} | {labels} | {metric.what} |"


def _buckets(metrics: tuple[Metric, ...]) -> Iterator[str]:
    found = [metric for metric in metrics if isinstance(metric, Histogram)]
    if found:
        yield ""
    for metric in found:
        yield f"- Buckets of `{metric.name}`: {', '.join(f'{bound:g}' for bound in metric.bounds)}."


def main() -> None:
    sys.stdout.write(render())


if __name__ == "__main__":
    main()
