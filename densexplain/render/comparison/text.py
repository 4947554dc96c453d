"""A comparison in short words, the same on the page and in the printed figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from densexplain import __version__
from densexplain.classifier.classifier import Stage
from densexplain.explain.comparison.comparison import Cell, Comparison, Difference
from densexplain.provenance import NOTICE
from densexplain.render.overlay import with_sign
from densexplain.vocabulary import Finding, RegionSource

WITHHELD = "withheld"
_SIGNS = {Finding.NORMAL: "\N{BLACK CIRCLE}", Finding.ABNORMAL: "\N{BLACK UP-POINTING TRIANGLE}"}


def name_text(cell: Cell) -> str:
    """Model set and input."""
    return f"{cell.manifest.title}, {cell.version.version}"


def prediction_text(cell: Cell) -> str:
    """Finding, its probability, threshold and logit; where they are withheld, why."""
    explanation = cell.explanation
    if explanation.label_withheld:
        return explanation.warning[0].lower() + explanation.warning[1:]
    said = f"{_SIGNS[explanation.finding]} {explanation.wording.finding(explanation.finding)}"
    return (
        f"{said} {explanation.probability:.2f} "
        f"(threshold {explanation.threshold:g}), logit {with_sign(explanation.logit, 2)}"
    )


def logit_change_text(difference: Difference) -> str:
    """Change of the logit, and whether the finding changes with it."""
    if difference.label_withheld:
        return WITHHELD
    second = difference.second.explanation
    changes = f", now {second.wording.finding(second.finding)}" if difference.finding_changes else ""
    return with_sign(difference.logit, 2) + changes


def agreement_texts(difference: Difference) -> tuple[str, str]:
    """Rank correlation and overlap; a dash where one is not defined."""
    found = difference.agreement
    if found is None:
        return "\N{EN DASH}", "\N{EN DASH}"
    correlation = "\N{EN DASH}" if math.isnan(found.correlation) else with_sign(found.correlation, 2)
    return correlation, f"{found.overlap:.2f}"


def shared_channel_texts(difference: Difference, stages: Sequence[Stage]) -> tuple[str, ...]:
    """For each stage, how many of the first 16 channels are in both; dashes for two model sets."""
    kept = difference.shared_channels or {}
    explanation, ranking = difference.first.explanation, difference.ranking
    return tuple(
        f"{len(kept[stage.name])} of {len(explanation.stage(stage.name).ranked(ranking).channels)}"
        if stage.name in kept
        else "\N{EN DASH}"
        for stage in stages
    )


def found_text(comparison: Comparison) -> tuple[str, ...]:
    """A sentence where the removed legend was found automatically; else nothing."""
    found = {
        cell.version.version: cell.version.painted_px
        for cell in comparison
        if cell.version.source is RegionSource.FOUND
    }
    return tuple(
        f"{version.capitalize()}: the text legend, {painted} px, was found automatically."
        for version, painted in found.items()
    )


def source_text(comparison: Comparison) -> str:
    """The notice, and the software, radiograph and weights of a printed comparison."""
    weights = sorted({f"{cell.manifest.name} {cell.manifest.weights_sha256[:12]}" for cell in comparison})
    return f"{NOTICE}. densexplain {__version__}, radiograph {comparison.radiograph.sha256[:12]}, {', '.join(weights)}"
