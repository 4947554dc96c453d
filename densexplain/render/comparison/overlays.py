"""Overlays of a comparison on one scale, and maps of what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from densexplain.explain.comparison.comparison import Cell, Comparison, Difference
from densexplain.render.overlay import Overlay, fit_within, render_overlay
from densexplain.vocabulary import ColourMap, ColourScale

_NO_DIFFERENCE = 1e-6  # logits: rounding, not information


@dataclass(frozen=True)
class ComparedStyle:
    """How the maps of a comparison are shown.

    Parameters
    ----------
    colour_map
        Colours of the class activation maps. Differences are blue to red, or in the
        colour-blind safe map where that is chosen.
    scale
        Absolute: one scale for all maps, in logits. Relative: each its own.
    opacity
        0 is the radiograph, 1 the heat map.
    edge_px
        Longest edge of an overlay.
    """

    colour_map: ColourMap = ColourMap.JET
    scale: ColourScale = ColourScale.ABSOLUTE
    opacity: float = 0.45
    edge_px: int = 600

    @property
    def difference_colours(self) -> ColourMap:
        """Colours of a difference."""
        return ColourMap.CIVIDIS if self.colour_map is ColourMap.CIVIDIS else ColourMap.BWR


def shared_limit(comparison: Comparison) -> float:
    """End of the one absolute scale of all maps: the largest magnitude in any of them, in logits; 1 if all are 0.

    The model sets' own scales reach to the largest evidence in their training
    data; on them, the maps of an ordinary case are all of one pale colour.
    """
    return max(float(np.abs(cell.explanation.activation_map).max()) for cell in comparison) or 1.0


def difference_limit(found: Iterable[Difference]) -> float:
    """End of the one scale of all differences: the largest magnitude, in logits as the maps have them; 0 for none."""
    return max((_magnitude(one) for one in found), default=0.0)


def cell_overlay(cell: Cell, style: ComparedStyle, limit_logits: float) -> Overlay:
    """Lay a cell's class activation map over what the network looked at.

    Parameters
    ----------
    cell
        Which one.
    style
        How it is shown.
    limit_logits
        As `shared_limit`; used on the absolute scale.

    Raises as `densexplain.render.overlay.render_overlay`.
    """
    rows, columns = cell.pixels.shape
    height, width = fit_within(rows, columns, style.edge_px, style.edge_px)
    return render_overlay(
        cell.pixels,
        cell.explanation.activation_map,
        colour_map=style.colour_map,
        scale=style.scale,
        opacity=style.opacity,
        limit_logits=limit_logits,
        height_px=height,
        width_px=width,
        resize=cell.manifest.specification.resize,
    )


def difference_overlay(difference: Difference, style: ComparedStyle, limit_logits: float) -> Overlay:
    """Lay evidence B minus A over what A looked at, coloured from minus to plus a limit.

    The values are those of the maps, whose mean is the evidence, so that a
    difference and a map of one limit compare.

    Parameters
    ----------
    difference
        Difference of two cells.
    style
        How it is shown; on a relative scale each difference has its own limit.
    limit_logits
        As `difference_limit`; used on the absolute scale. 0 leaves the middle colour everywhere.

    Raises as `densexplain.render.overlay.render_overlay`.
    """
    evidence = difference.evidence
    own = style.scale is ColourScale.RELATIVE
    limit = _magnitude(difference) if own else limit_logits
    pixels = difference.first.pixels
    rows, columns = pixels.shape
    height, width = fit_within(rows, columns, style.edge_px, style.edge_px)
    return render_overlay(
        pixels,
        (evidence * evidence.size).astype(np.float32),
        colour_map=style.difference_colours,
        scale=ColourScale.ABSOLUTE,
        opacity=style.opacity,
        limit_logits=limit if limit > _NO_DIFFERENCE else 1.0,
        height_px=height,
        width_px=width,
    )


def scale_text(comparison: Comparison, style: ComparedStyle) -> str:
    """What the colours of the maps mean, for a reader."""
    if style.scale is ColourScale.RELATIVE:
        return "each map on its own scale, from its least to its most: colours cannot be compared between cells"
    limit = shared_limit(comparison)
    return f"one absolute scale for all maps: \N{MINUS SIGN}{limit:.1f} to +{limit:.1f} logits"


def difference_scale_text(found: Iterable[Difference], style: ComparedStyle) -> str:
    """What the colours of the differences mean, for a reader."""
    if style.scale is ColourScale.RELATIVE:
        return "evidence B minus A, each on its own scale round 0: colours cannot be compared between cells"
    limit = difference_limit(found)
    if limit <= _NO_DIFFERENCE:
        return "evidence B minus A: no difference anywhere"
    return f"evidence B minus A, one absolute scale for all: \N{MINUS SIGN}{limit:.2f} to +{limit:.2f} logits"


def _magnitude(difference: Difference) -> float:
    return float(np.abs(difference.evidence).max() * difference.evidence.size)
