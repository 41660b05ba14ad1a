"""The end of the demo: what was made, and where to look."""

from typing import Any

import rich.console
import rich.markup
import rich.panel
import rich.table

from deployments.demo.chains import Results


def show(results: Results, addresses: dict[str, str], seconds: float, file: str) -> None:
    console = rich.console.Console(highlight=False)
    table = rich.table.Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows(results, addresses):
        table.add_row(name, rich.markup.escape(value))
    table.add_row("all of it", rich.markup.escape(file))
    console.print(rich.panel.Panel(table, title=f"Trine demo: {seconds:.0f} s", border_style="green"))


def rows(results: Results, addresses: dict[str, str]) -> list[tuple[str, str]]:
    model, study = results.language_model, results.study
    policy, simulation = results.policy, results.simulation
    return [
        (
            "language model",
            f"bits per byte {model['before/bits_per_byte']:.2f} before, {model['validation/bits_per_byte']:.2f} after "
            f"(bigram: {model['baseline/bigram_bits_per_byte']:.2f})",
        ),
        ("served as", f"{results.service['service']}: {results.service['prompt']}{results.service['completion']}"),
        (
            "study",
            f"{study['trials']} trials, {study['stopped_early']} stopped early; best is number {study['best_trial']}: "
            f"{study['metric']} {study['best_value']:.3f} with {_params(study['best_params'])}",
        ),
        ("policy", f"mean return {policy['evaluation/return_mean']:.1f} over unseen seeds"),
        (
            "simulation",
            f"{simulation['episodes']} episodes, mean return {simulation['return/mean']:.1f} "
            f"[{simulation['return/low']:.1f}, {simulation['return/high']:.1f}], "
            f"{simulation['episode_errors']} environment errors",
        ),
        *addresses.items(),
    ]


def _params(params: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items()
    )
