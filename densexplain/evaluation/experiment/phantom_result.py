"""One radiograph with known regions, explained as it is, without its text legend and without its image frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.part_evidence import PartEvidence, evidence_shares, part_evidence
from densexplain.explain.focus.stage_focus import PartFocus, StageFocus, stage_focus
from densexplain.radiograph.geometry import Geometry, apply_geometry
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.radiograph.regions.cropped_regions import crop_regions
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.radiograph.regions.removal import exposed_box, paint_over
from densexplain.vocabulary import Finding, FocusPart, Region

Explain = Callable[[NDArray[np.float32]], Explanation]
"""Explains a network input, shape (size, size, 3), float32, normalised; `Explainer.explain` is one."""


@dataclass(frozen=True)
class Reading:
    """A model set's answer to one version of a radiograph.

    Parameters
    ----------
    logit
        Logit of an abnormal finding.
    finding
        Predicted.
    evidence
        On each part.
    """

    logit: float
    finding: Finding
    evidence: Mapping[FocusPart, PartEvidence]


@dataclass(frozen=True)
class PhantomResult:
    """A model set's answer to a radiograph, and how it depends on text legend and image frame.

    Parameters
    ----------
    label
        What the data set says.
    focus
        Focus of the five stages on the unchanged radiograph.
    whole
        As it is.
    without_legend
        The text legend painted over; None where there is none.
    without_sham
        A patch of the legend's shape elsewhere painted over instead, the control of what painting itself does; None
        where there is no legend or no room.
    without_image_frame
        Cropped to what lies inside the image frame; None where there is none, or it cannot be cropped off.
    """

    label: Finding
    focus: tuple[StageFocus, ...]
    whole: Reading
    without_legend: Reading | None
    without_sham: Reading | None
    without_image_frame: Reading | None


def examine_phantom(
    explain: Explain,
    specification: InputSpecification,
    pixels: NDArray[np.float32],
    regions: RegionMasks,
    label: Finding,
) -> PhantomResult:
    """Explain a radiograph, and again without its text legend and without its image frame.

    Parameters
    ----------
    explain, specification
        What explains with the model set, and its input specification.
    pixels
        Shape (rows, columns), float32 in [0, 1].
    regions
        Regions of the radiograph, of the same shape.
    label
        What the data set says.
    """

    def explained(of: NDArray[np.float32], geometry: Geometry) -> tuple[Explanation, RegionMasks]:
        explanation = explain(prepare(apply_geometry(of, geometry), specification))
        return explanation, crop_regions(regions, geometry, specification.resize)

    whole, masks = explained(pixels, Geometry())
    without_legend = without_sham = without_image_frame = None
    if Region.TEXT_LEGEND in regions:
        without_legend = _reading(*explained(paint_over(pixels, regions[Region.TEXT_LEGEND]), Geometry()))
        sham = sham_mask(regions)
        without_sham = None if sham is None else _reading(*explained(paint_over(pixels, sham), Geometry()))
    if Region.IMAGE_FRAME in regions:
        box = exposed_box(regions[Region.IMAGE_FRAME])
        without_image_frame = None if box is None else _reading(*explained(pixels, Geometry(box)))
    return PhantomResult(
        label, stage_focus(whole, masks), _reading(whole, masks), without_legend, without_sham, without_image_frame
    )


def sham_mask(regions: RegionMasks) -> Mask | None:
    """Reflect the text legend to a place without legend, frame or abnormality.

    Parameters
    ----------
    regions
        With a text legend.

    Returns
    -------
    numpy.ndarray or None
        The legend's mask seen in the mirror: left to right, top to bottom, or
        both, the first that is free; None where none is.
    """
    legend = regions[Region.TEXT_LEGEND]
    taken = np.zeros(regions.shape, bool)
    for region in (Region.TEXT_LEGEND, Region.IMAGE_FRAME, Region.ABNORMALITY, Region.HARDWARE):
        if region in regions:
            taken |= regions[region]
    for axes in ((1,), (0,), (0, 1)):
        reflected = np.flip(legend, axes)
        if not (reflected & taken).any():
            return np.ascontiguousarray(reflected)
    return None


def _reading(explanation: Explanation, regions: RegionMasks) -> Reading:
    return Reading(explanation.logit, explanation.finding, part_evidence(explanation, regions))


def image_figures(image: PhantomResult) -> dict[str, float]:
    """Every figure that is defined of one radiograph.

    Returns
    -------
    dict
        ``<stage>/<part or foreground>/<activation, area, lift or auc>``,
        ``<stage>/detail``, ``/first detail`` and ``/finer`` (their difference),
        ``evidence/<part>/<share, area or net>``, ``legend/...``,
        ``sham/...`` and ``frame/...``, and the last four once more under ``abnormal/`` where
        the label is abnormal.
    """
    figures: dict[str, float] = {}
    for focus in image.focus:
        parts: dict[str, PartFocus] = {str(part): of_part for part, of_part in focus.parts.items()}
        for name, part in {**parts, "foreground": focus.foreground}.items():
            figures |= _defined(f"{focus.stage}/{name}", part) if part.area > 0 else {}
        figures[f"{focus.stage}/detail"] = focus.detail
        figures[f"{focus.stage}/first detail"] = focus.first_detail
        figures[f"{focus.stage}/finer"] = focus.detail - focus.first_detail
    of_reading = {**_evidence(image.whole), **_legend(image), **_frame(image)}
    figures |= {**of_reading, "correct": float(image.whole.finding is image.label)}
    if image.label is Finding.ABNORMAL:
        figures |= {f"abnormal/{name}": value for name, value in of_reading.items()}
    return figures


def _defined(name: str, part: PartFocus) -> dict[str, float]:
    values = {"activation": part.activation, "area": part.area, "lift": part.lift, "auc": part.auc}
    return {f"{name}/{measure}": value for measure, value in values.items() if value is not None}


def _evidence(reading: Reading) -> dict[str, float]:
    figures: dict[str, float] = {}
    shares = evidence_shares(reading.evidence)
    for name, part in reading.evidence.items():
        share = shares[name]
        if part.area > 0:
            figures |= {f"evidence/{name}/area": part.area, f"evidence/{name}/net": part.net}
            figures |= {} if share is None else {f"evidence/{name}/share": share}
    return figures


def _legend(image: PhantomResult) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, without in (("legend", image.without_legend), ("sham", image.without_sham)):
        if without is not None:
            figures[f"{name}/push"] = image.whole.logit - without.logit
            figures[f"{name}/finding changes"] = float(image.whole.finding is not without.finding)
    return figures


def _frame(image: PhantomResult) -> dict[str, float]:
    without = image.without_image_frame
    if without is None:
        return {}
    figures = {
        "frame/logit change": without.logit - image.whole.logit,
        "frame/size of change": abs(without.logit - image.whole.logit),
        "frame/finding changes": float(image.whole.finding is not without.finding),
        "frame/correct before": float(image.whole.finding is image.label),
        "frame/correct after": float(without.finding is image.label),
    }
    for when, reading in (("before", image.whole), ("after", without)):
        share = evidence_shares(reading.evidence)[FocusPart.IMAGE_FRAME]
        figures[f"frame/area {when}"] = reading.evidence[FocusPart.IMAGE_FRAME].area
        figures |= {} if share is None else {f"frame/evidence {when}": share}
    return figures
