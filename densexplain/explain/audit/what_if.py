"""What if the legend were absent: changed copies of a radiograph, and a network's answers to them.

A region is removed by painting it over with what surrounds it, an image frame
by cropping it off where it runs along a whole side, and kept alone by filling
all else with the mean brightness that the network was normalised with. An
attribution says where evidence lies; only a what-if says what the prediction would
be without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.probability import finding_of, probability_of
from densexplain.explain.audit.evidence import Evidence
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.radiograph.regions.image_frame import find_image_frame
from densexplain.radiograph.regions.named_regions import NamedRegion, union
from densexplain.radiograph.regions.regions import Mask
from densexplain.radiograph.regions.removal import exposed_box, keep_only, paint_over
from densexplain.vocabulary import Finding, Region, RegionChange, RegionSource

_KEPT = (Region.TEXT_LEGEND, Region.ABNORMALITY, None)
"""Kinds that the network is also shown alone."""

_LEAST_FRAME = 0.01
"""Share of what is explained; less of a frame that was found is the blurred rim that a crop left."""

_PLURAL: dict[Region | None, str] = {Region.TEXT_LEGEND: "text legends"}


@dataclass(frozen=True, eq=False)
class WhatIf:
    """One changed copy.

    Parameters
    ----------
    name
        For a reader, such as "without the text legend".
    change
        What was done.
    kind
        Kind of the regions; None for a drawn one without a kind.
    regions
        Names of the regions that it was done to.
    mask
        All of their pixels, shape (rows, columns) of the copy's original.
    pixels
        The copy, float32 in [0, 1]; of another shape only where something was cropped off.
    """

    name: str
    change: RegionChange
    kind: Region | None
    regions: tuple[str, ...]
    mask: Mask
    pixels: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WhatIfResult:
    """A network's answer to a changed copy.

    Parameters
    ----------
    what_if
        The copy.
    logit, probability, finding
        What the network says of the copy.
    change
        Logit of the copy less that of the radiograph as it is.
    flips
        Whether the finding is another one.
    activation_map
        Map of the copy, shape (rows, columns), float32, in logits.
    """

    what_if: WhatIf
    logit: float
    probability: float
    finding: Finding
    change: float
    flips: bool
    activation_map: NDArray[np.float32]


def what_ifs(
    pixels: NDArray[np.float32], regions: Sequence[NamedRegion], specification: InputSpecification
) -> tuple[WhatIf, ...]:
    """Make every changed copy that the regions of a radiograph call for.

    Parameters
    ----------
    pixels
        The crop that is explained, shape (rows, columns), float32 in [0, 1]; not changed.
    regions
        Regions of the crop, unpadded, of the same shape. Those of one kind are changed
        together, save drawn ones without a kind. Anatomy is neither removed nor kept.
    specification
        Input specification of the model set: its mean fills what is not kept.

    Returns
    -------
    tuple of WhatIf
        Removals first. Outside the regions' masks, what is removed leaves every pixel as it was.
    """
    shape = (pixels.shape[0], pixels.shape[1])
    level = float(np.clip(np.mean(specification.mean), 0, 1))
    seen = [region for region in regions if region.mask.any()]
    groups = [(kind, chosen, union(chosen, shape)) for kind, chosen in _groups(seen)]
    made: list[WhatIf] = []
    for kind, chosen, mask in groups:
        names = tuple(region.name for region in chosen)
        called = _called(kind, names)
        if kind is Region.IMAGE_FRAME and _is_left_rim(chosen, mask):
            continue
        inside = _without_image_frame(pixels, mask) if kind is Region.IMAGE_FRAME else None
        if inside is not None:
            made.append(WhatIf(f"{called} cropped off", RegionChange.CROPPED, kind, names, mask, inside))
        elif not mask.all():
            painted = paint_over(pixels, mask)
            made.append(WhatIf(f"without the {called}", RegionChange.REMOVED, kind, names, mask, painted))
    for kind, chosen, mask in groups:
        if kind in _KEPT:
            names = tuple(region.name for region in chosen)
            kept = keep_only(pixels, mask, level)
            made.append(WhatIf(f"only the {_called(kind, names)}", RegionChange.KEPT, kind, names, mask, kept))
    return tuple(made)


def what_if_results(
    copies: Sequence[WhatIf], evidence: Evidence, logit: float, threshold: float
) -> tuple[WhatIfResult, ...]:
    """Compare a network's answers to the copies with its answer to the radiograph.

    Parameters
    ----------
    copies
        In any order.
    evidence
        Evidence of the copies, in the same order.
    logit
        Logit of the unchanged radiograph.
    threshold
        Probability above which a finding is abnormal.
    """
    before = finding_of(logit, threshold)
    return tuple(
        WhatIfResult(
            copy,
            float(after),
            probability_of(float(after)),
            finding_of(float(after), threshold),
            float(after) - logit,
            finding_of(float(after), threshold) is not before,
            activation_map,
        )
        for copy, after, activation_map in zip(copies, evidence.logits, evidence.maps, strict=True)
    )


def _groups(regions: Sequence[NamedRegion]) -> list[tuple[Region | None, list[NamedRegion]]]:
    """Regions that are changed together: all of a kind, each drawn one without a kind by itself."""
    kinds = (Region.TEXT_LEGEND, Region.IMAGE_FRAME, Region.HARDWARE, Region.ABNORMALITY)
    together: list[tuple[Region | None, list[NamedRegion]]] = [
        (kind, [region for region in regions if region.kind is kind]) for kind in kinds
    ]
    alone: list[tuple[Region | None, list[NamedRegion]]] = [(None, [one]) for one in regions if one.kind is None]
    return [(kind, chosen) for kind, chosen in together if chosen] + alone


def _is_left_rim(frame: Sequence[NamedRegion], mask: Mask) -> bool:
    """Whether an image frame that was found is only the rim that a crop left."""
    return all(region.source is RegionSource.FOUND for region in frame) and bool(mask.mean() < _LEAST_FRAME)


def _called(kind: Region | None, names: tuple[str, ...]) -> str:
    return _PLURAL[kind] if len(names) > 1 and kind in _PLURAL else " and ".join(names)


def _without_image_frame(pixels: NDArray[np.float32], frame: Mask) -> NDArray[np.float32] | None:
    """The straightened field, where the image frame is found in the pixels; else the upright box inside its mask."""
    suggestion = find_image_frame(pixels)
    if suggestion is not None:
        return apply_geometry(pixels, Geometry(suggestion.crop, suggestion.rotate_degrees))
    box = exposed_box(frame)
    whole = box is None or (box.height, box.width) == pixels.shape
    return None if whole else apply_geometry(pixels, Geometry(box))
