"""On which parts of a radiograph the evidence for its logit lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.focus_parts import part_shares
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import FocusPart


@dataclass(frozen=True)
class PartEvidence:
    """Evidence on one part, in logits.

    Parameters
    ----------
    positive
        >= 0: from the cells that speak for an abnormal finding.
    negative
        <= 0: from the cells that speak against it.
    area
        Share of the area, 0 to 1.
    """

    positive: float
    negative: float
    area: float

    @property
    def net(self) -> float:
        """Positive and negative together."""
        return self.positive + self.negative


def part_evidence(explanation: Explanation, regions: RegionMasks) -> dict[FocusPart, PartEvidence]:
    """Share the evidence of the class activation map out among the parts.

    The evidence of a cell is spread evenly over the area it covers, which is as
    fine as the map allows: of a cell that a text legend covers by a third, a
    third of the evidence is the legend's.

    Parameters
    ----------
    explanation
        Explanation of one network input.
    regions
        Regions of the same input; see `densexplain.radiograph.regions.cropped_regions.crop_regions`.

    Returns
    -------
    dict
        Every part; the nets sum to the logit less the bias.
    """
    evidence = explanation.activation_map.astype(np.float64) / explanation.activation_map.size
    shares = part_shares(regions, *evidence.shape)
    return {
        part: PartEvidence(
            float((np.maximum(evidence, 0) * share).sum()),
            float((np.minimum(evidence, 0) * share).sum()),
            float(share.mean()),
        )
        for part, share in shares.items()
    }


def evidence_shares(evidence: Mapping[FocusPart, PartEvidence]) -> dict[FocusPart, float | None]:
    """Share of the positive evidence that lies on each part, 0 to 1; None where there is no positive evidence."""
    total = sum(part.positive for part in evidence.values())
    return {name: part.positive / total if total > 0 else None for name, part in evidence.items()}
