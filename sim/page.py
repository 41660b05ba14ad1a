"""The report as one page that needs nothing else: styles and plots inside, no script, English and Chinese."""

import io
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
import matplotlib
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

TABLE_ROWS = 100
"""Episodes that the page lists."""
_BLUE, _ORANGE, _GREY = "#2f6fde", "#e07b39", "#8a94a6"
_SIZE = (6.0, 2.4)


def render(report: dict[str, Any]) -> str:
    """HTML. Everything from the report is escaped; the plots are our own SVG and hold numbers only."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    plots = {
        "returns": _histogram(report["return"], report["success"]["threshold"], "returns"),
        "lengths": _histogram(report["length"], None, "lengths"),
        "episodes": _episodes(report),
    }
    return environment.get_template("report.html.j2").render(report=report, plots=plots, table_rows=TABLE_ROWS)


def number(value: float | None, digits: int = 4) -> str:
    """For people: `1,234`, `0.1235`, `–` for none."""
    if value is None:
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(places, 8)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _histogram(distribution: dict[str, Any], threshold: float | None, name: str) -> Markup | None:
    if distribution["histogram"] is None:
        return None
    edges, counts = distribution["histogram"]["edges"], distribution["histogram"]["counts"]
    figure, axes = _axes()
    widths = [right - left for left, right in pairwise(edges)]
    axes.bar(edges[:-1], counts, width=widths, align="edge", color=_BLUE)
    axes.axvline(distribution["mean"], color="black", linewidth=1)
    if distribution["low"] is not None:
        axes.axvspan(distribution["low"], distribution["high"], color="black", alpha=0.15, linewidth=0)
    if threshold is not None:
        axes.axvline(threshold, color=_ORANGE, linewidth=1.5, linestyle="--")
    return _svg(figure, name)


def _episodes(report: dict[str, Any]) -> Markup | None:
    """Return of each listed episode, and the mean of those so far."""
    scored = [row for row in report["rows"] if row["return"] is not None]
    if not scored:
        return None
    indices, returns = [row["episode"] for row in scored], [row["return"] for row in scored]
    means, total = [], 0.0
    for count, value in enumerate(returns, 1):
        total += value
        means.append(total / count)
    figure, axes = _axes()
    axes.scatter(indices, returns, s=8, color=_BLUE, alpha=0.6, linewidths=0)
    axes.plot(indices, means, color="black", linewidth=1)
    if report["success"]["threshold"] is not None:
        axes.axhline(report["success"]["threshold"], color=_ORANGE, linewidth=1.5, linestyle="--")
    return _svg(figure, "episodes")


def _axes() -> tuple[Figure, Any]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_GREY)
    axes.tick_params(colors="#4a5466", labelsize=8)
    return figure, axes


def _svg(figure: Figure, name: str) -> Markup:
    buffer = io.StringIO()
    # The salt keeps the identifiers of plots on one page apart, and the same from run to run.
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.family": "sans-serif"}):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    # Names of groups, which nothing refers to, are the same in every plot.
    text = re.sub(r'<g id="[^"]*">', "<g>", buffer.getvalue())
    return Markup(text[text.index("<svg") :])  # noqa: S704 — drawn here, from numbers
