"""Measure phantoms beside real radiographs: `python docs/likeness.py PHANTOMS REAL...`.

Each argument is a folder and makes a group. A Markdown table of medians and
ranges is printed, and the grey levels of the groups are drawn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from densexplain.phantom.likeness.image_measures import histogram_distance
from densexplain.phantom.likeness.likeness import Likeness, likeness_table

_SUFFIXES = {".dcm", ".png", ".jpg", ".jpeg"}
_MEASURES: dict[str, tuple[Callable[[Likeness], float], str]] = {
    "air": (lambda row: row.air, ".2f"),
    "soft tissue": (lambda row: row.soft, ".2f"),
    "dense bone": (lambda row: row.bone, ".2f"),
    "bone contrast": (lambda row: row.contrast, ".2f"),
    "noise": (lambda row: row.noise, ".4f"),
    "spectrum slope": (lambda row: row.slope, ".2f"),
}
Groups = dict[str, list[Likeness]]


def main() -> None:
    """Read the arguments, print the table and draw the grey levels."""
    options = _options()
    groups = {
        str(folder): likeness_table(_files(folder, options.pattern, options.most), options.rows)
        for folder in options.folders
    }
    sys.stdout.write(table_of(groups))
    draw_histograms(groups, options.plot)


def table_of(groups: Groups) -> str:
    """Table in Markdown: median and range of each measure, and how far grey levels are from the first group's."""
    lines = [f"| group | files | {' | '.join(_MEASURES)} | grey levels from the first |"]
    lines.append("|---" * (len(_MEASURES) + 3) + "|")
    first = _mean_histogram(next(iter(groups.values())))
    for name, rows in groups.items():
        cells = [_median_and_range([pick(row) for row in rows], form) for pick, form in _MEASURES.values()]
        distance = histogram_distance(first, _mean_histogram(rows))
        lines.append(f"| {name} | {len(rows)} | {' | '.join(cells)} | {distance:.3f} |")
    return "\n".join(lines) + "\n"


def draw_histograms(groups: Groups, path: Path) -> None:
    """Draw the mean grey levels inside the limb, a line for each group."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.0), layout="constrained")
    for name, rows in groups.items():
        share = _mean_histogram(rows)
        axes.stairs(share, np.linspace(0.0, 1.0, len(share) + 1), label=f"{name} ({len(rows)})", linewidth=1.5)
    axes.set(xlabel="grey inside the limb, 0 black to 1 white", ylabel="share of pixels", xlim=(0, 1))
    axes.legend()
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure phantoms beside real radiographs.")
    parser.add_argument("folders", nargs="+", type=Path, help="phantoms first, then real radiographs")
    parser.add_argument("--pattern", default="*", help="names of the files, such as 'image*.png'")
    parser.add_argument("--most", type=int, default=None, help="files of each folder, spread over its list")
    parser.add_argument("--rows", type=int, default=512, help="that each radiograph is scaled to")
    parser.add_argument("--plot", type=Path, default=Path("likeness.png"), help="file of the drawing")
    return parser.parse_args()


def _files(folder: Path, pattern: str, most: int | None) -> list[Path]:
    found = sorted(path for path in folder.rglob(pattern) if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise SystemExit(f"no radiograph was found in {folder}")
    return found[:: -(-len(found) // most)] if most else found


def _mean_histogram(rows: list[Likeness]) -> np.ndarray:
    return np.mean([row.histogram for row in rows], axis=0)


def _median_and_range(values: list[float], form: str) -> str:
    finite = [value for value in values if np.isfinite(value)]
    if not finite:
        return "none"
    return f"{np.median(finite):{form}} ({min(finite):{form}} to {max(finite):{form}})"


if __name__ == "__main__":
    main()
