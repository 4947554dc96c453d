"""An audit: what one prediction rests on. Plain values, for a page, a report and a record alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from densexplain.explain.audit.attribution import LogitAttribution
from densexplain.explain.audit.stability import LEAST_VARIANTS, Stability, draw_variants
from densexplain.explain.audit.verdict import THRESHOLDS, Verdict, VerdictThresholds
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.regions.named_regions import NamedRegion


@dataclass(frozen=True)
class AuditOptions:
    """How an audit is made.

    Parameters
    ----------
    variants
        Small changes, 16 to 64.
    seed
        Seed that they follow from; the same seed gives the same audit.
    thresholds
        Thresholds of the verdict.

    Raises
    ------
    OptionError
        If a number is out of range.
    """

    variants: int = LEAST_VARIANTS
    seed: int = 0
    thresholds: VerdictThresholds = THRESHOLDS

    def __post_init__(self) -> None:
        draw_variants(self.variants, self.seed)


@dataclass(frozen=True, eq=False)
class Audit:
    """What one prediction rests on.

    Parameters
    ----------
    geometry
        How the radiograph was cropped and turned.
    pixels
        The crop that was explained, shape (rows, columns), float32 in [0, 1].
    explanation
        Explanation of the crop.
    regions
        Regions of the whole radiograph, found and drawn.
    cropped
        The same in the crop, of the shape of `pixels`; one that lies outside the crop has no pixel left.
    attribution, what_ifs, stability, verdict
        The four answers.
    options
        How they came about.
    seconds
        Taken by each step.
    """

    geometry: Geometry
    pixels: NDArray[np.float32]
    explanation: Explanation
    regions: tuple[NamedRegion, ...]
    cropped: tuple[NamedRegion, ...]
    attribution: LogitAttribution
    what_ifs: tuple[WhatIfResult, ...]
    stability: Stability
    verdict: Verdict
    options: AuditOptions
    seconds: Mapping[str, float] = field(default_factory=dict)
