"""The exact attribution of a logit: how much of it lies on each region, and how much elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.part_evidence import PartEvidence
from densexplain.explain.wording import PAPERS_WORDING, Wording
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.radiograph.regions.regions import Mask, cell_share
from densexplain.vocabulary import Finding, Region

PRIORITY: tuple[Region | None, ...] = (
    Region.TEXT_LEGEND,
    Region.IMAGE_FRAME,
    Region.ABNORMALITY,
    Region.HARDWARE,
    None,
    Region.BONE,
    Region.SOFT_TISSUE,
    Region.MOVED,
)
"""Which region a shared pixel belongs to: the first kind in this list, and of one kind the first given.

Text burnt over a bone hides the bone, and a frame hides all below it. Hardware
inside the region that a reader marked is part of what was marked. None is what
was drawn without a kind.
"""

BLUR = (
    "The evidence of a cell is spread evenly over the {rows} x {columns} pixels of the network input that it covers. "
    "What a cell knows comes from a receptive field that reaches far beyond it, so evidence beside a border between "
    "regions may belong to either; the what-ifs separate them."
)
"""What the attribution cannot say, to be shown beside it."""


@dataclass(frozen=True)
class RegionAttribution:
    """Evidence on one region, less what a region before it holds.

    Parameters
    ----------
    name, kind
        Name and kind of the region; "elsewhere" has no kind.
    evidence
        In logits, and the share of the area.
    """

    name: str
    kind: Region | None
    evidence: PartEvidence

    def toward(self, finding: Finding) -> float:
        """Evidence for a finding, >= 0, in logits."""
        return self.evidence.positive if finding is Finding.ABNORMAL else -self.evidence.negative


@dataclass(frozen=True)
class LogitAttribution:
    """All of a logit, entry by entry.

    Parameters
    ----------
    entries
        The regions by `PRIORITY`, as far as they lie in what was explained.
    elsewhere
        What lies on none of them.
    bias
        Bias of the head, in logits.
    logit
        The logit that is attributed.
    cell_px
        Rows and columns of the network input that a cell covers.
    """

    entries: tuple[RegionAttribution, ...]
    elsewhere: RegionAttribution
    bias: float
    logit: float
    cell_px: tuple[float, float]

    @property
    def total(self) -> float:
        """Bias and all evidence, in logits; the logit, to rounding."""
        return self.bias + sum(entry.evidence.net for entry in (*self.entries, self.elsewhere))

    @property
    def blur(self) -> str:
        """What the attribution cannot say."""
        rows, columns = (f"{side:g}" for side in self.cell_px)
        return BLUR.format(rows=rows, columns=columns)

    def share(self, entry: RegionAttribution, finding: Finding) -> float | None:
        """Share of the evidence for a finding that lies on one entry, 0 to 1; None where there is no such evidence."""
        total = sum(one.toward(finding) for one in (*self.entries, self.elsewhere))
        return entry.toward(finding) / total if total > 0 else None

    def share_of(self, kinds: Sequence[Region | None], finding: Finding) -> float | None:
        """Share of the evidence for a finding that lies on regions of some kinds."""
        shares = [self.share(entry, finding) for entry in self.entries if entry.kind in kinds]
        if self.share(self.elsewhere, finding) is None:
            return None
        return sum(share for share in shares if share is not None)

    def area_of(self, kinds: Sequence[Region | None]) -> float:
        """Share of the area of regions of some kinds, 0 to 1: what chance would give."""
        return sum(entry.evidence.area for entry in self.entries if entry.kind in kinds)


def exclusive_masks(regions: Sequence[NamedRegion], shape: tuple[int, int]) -> list[tuple[NamedRegion, Mask]]:
    """Assign every pixel to at most one region, in the order of `PRIORITY`."""
    free, owned = np.ones(shape, np.bool_), []
    for region in sorted(regions, key=lambda one: PRIORITY.index(one.kind)):
        owned.append((region, free & region.mask))
        free = free & ~region.mask
    return owned


def attribute_logit(explanation: Explanation, regions: Sequence[NamedRegion], size_px: int) -> LogitAttribution:
    """Share a logit out among regions.

    The class activation map is the logit laid out over the network input: the
    sum of its evidence and the bias are the logit. Each cell's evidence goes to
    the regions by the share of the cell's area that they cover, so nothing is
    left over and nothing is counted twice.

    Parameters
    ----------
    explanation
        Explanation of one network input.
    regions
        Regions of the same input, see `densexplain.radiograph.regions.cropped_regions.crop_mask`; all of one shape,
        possibly overlapping, possibly none. One without a pixel gets an empty entry.
    size_px
        Edge of the network input.

    References
    ----------
    Zhou et al., Learning deep features for discriminative localization,
    CVPR 2016, eq. 2.
    """
    evidence = explanation.activation_map.astype(np.float64) / explanation.activation_map.size
    rows, columns = evidence.shape
    owned = exclusive_masks(regions, regions[0].mask.shape) if regions else []
    shares = [cell_share(mask, rows, columns) for _, mask in owned]
    covered = np.sum(shares, axis=0) if shares else np.zeros(evidence.shape)
    # Single precision may cover a cell by a little more than all of it.
    shares = [share / np.maximum(covered, 1.0) for share in shares]
    rest = 1.0 - np.minimum(covered, 1.0)
    entries = [
        RegionAttribution(region.name, region.kind, _evidence(evidence, share))
        for (region, _), share in zip(owned, shares, strict=True)
    ]
    elsewhere = RegionAttribution("elsewhere", None, _evidence(evidence, rest))
    cell = (size_px / rows, size_px / columns)
    return LogitAttribution(tuple(entries), elsewhere, explanation.bias, explanation.logit, cell)


def _evidence(evidence: NDArray[np.float64], share: NDArray[np.float64]) -> PartEvidence:
    return PartEvidence(
        float((np.maximum(evidence, 0) * share).sum()),
        float((np.minimum(evidence, 0) * share).sum()),
        float(share.mean()),
    )


def attribution_sentence(attribution: LogitAttribution, finding: Finding, wording: Wording = PAPERS_WORDING) -> str:
    """Say on which region most of the evidence for a finding lies, and how much on the marked one."""
    shares = {entry: attribution.share(entry, finding) for entry in (*attribution.entries, attribution.elsewhere)}
    if any(share is None for share in shares.values()):
        return f"There is no evidence {wording.evidence(finding)}."
    marked = attribution.share_of((Region.ABNORMALITY,), finding) or 0.0
    others = [entry for entry in (*attribution.entries, attribution.elsewhere) if entry.kind is not Region.ABNORMALITY]
    most = max(others, key=lambda entry: shares[entry] or 0.0)
    place = "elsewhere" if most is attribution.elsewhere else f"on the {most.name}"
    sentence = f"{_percent(shares[most] or 0.0)} of the evidence {wording.evidence(finding)} lies {place}"
    if any(entry.kind is Region.ABNORMALITY for entry in attribution.entries):
        sentence += f"; {_percent(marked)} inside the region you marked"
    return f"{sentence}."


def _percent(share: float) -> str:
    return f"{100 * share:.{0 if share >= 0.01 or share == 0 else 1}f}\N{NO-BREAK SPACE}%"
