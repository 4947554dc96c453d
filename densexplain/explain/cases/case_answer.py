"""A model set's answer to one of the paper's cases, in numbers and in a sentence beside the paper's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from densexplain.explain.cases.cases import PaperCase
from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.part_evidence import evidence_shares, part_evidence
from densexplain.radiograph.regions.cropped_regions import crop_regions
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Finding, FocusPart, ResizeMode

_TOLD = (FocusPart.ABNORMALITY, FocusPart.TEXT_LEGEND, FocusPart.IMAGE_FRAME)
"""Parts that the paper discusses; their shares are stated where they are in the crop."""

_MUCH, _ABOVE_CHANCE = 0.5, 2.0
"""Share of the evidence, and multiple of the share of the area, from which evidence stands out on a part."""


@dataclass(frozen=True)
class CaseAnswer:
    """A model set's prediction for a case, and where its evidence lies.

    Parameters
    ----------
    case
        The case that is answered.
    finding
        None where the label is withheld.
    probability
        Probability of an abnormal finding, in [0, 1].
    evidence
        Share of the positive evidence on each part, 0 to 1; None where no cell is evidence for an abnormal finding.
    area
        Share of the area of each part, 0 to 1: what chance would give.
    """

    case: PaperCase
    finding: Finding | None
    probability: float
    evidence: Mapping[FocusPart, float] | None
    area: Mapping[FocusPart, float]

    @property
    def finding_as_in_paper(self) -> bool:
        """Whether the model set says what the paper's network said."""
        return self.finding is self.case.paper_finding

    @property
    def densest(self) -> FocusPart | None:
        """The part with the most positive evidence for its area; None where there is no such evidence."""
        if self.evidence is None:
            return None
        evidence, area = self.evidence, self.area
        return max((part for part in FocusPart if area[part] > 0), key=lambda part: evidence[part] / area[part])

    @property
    def stands_out(self) -> bool:
        """Whether the densest part has half of the positive evidence, or twice what chance would give it."""
        part = self.densest
        if self.evidence is None or part is None:
            return False
        return self.evidence[part] >= min(_MUCH, _ABOVE_CHANCE * self.area[part])

    @property
    def evidence_as_in_paper(self) -> bool | None:
        """Whether the evidence stands out where the paper sees it; None where the paper names no part."""
        if not self.case.paper_evidence:
            return None
        return self.stands_out and self.densest in self.case.paper_evidence

    @property
    def sentence(self) -> str:
        """For a reader: the finding, the shares, and whether each comes out as in the paper."""
        return f"{self._said()} {self._where()}"

    def _said(self) -> str:
        compared = _compared(self.finding_as_in_paper)
        if self.finding is None:
            return f"It withholds the label, {compared}."
        return f"It says {self.finding} (probability of abnormal {self.probability:.2f}), {compared}."

    def _where(self) -> str:
        if self.evidence is None:
            return f"There is no evidence for abnormal{self._evidence_compared()}."
        told = [part for part in _TOLD if self.area[part] > 0]
        shares = [
            f"{_percent(self.evidence[part])} {verb} the {part} ({_percent(self.area[part])} of the area)"
            for verb, part in zip(("lies on", "on", "on"), told, strict=False)
        ]
        lead = f"Of its positive evidence {' and '.join(shares)}. It" if shares else "Its positive evidence"
        hardly = "" if self.stands_out else ", hardly above chance"
        return f"{lead} is densest on the {self.densest}{hardly}{self._evidence_compared()}."

    def _evidence_compared(self) -> str:
        as_in_paper = self.evidence_as_in_paper
        return "" if as_in_paper is None else f", {_compared(as_in_paper)}"


def case_answer(
    case: PaperCase, explanation: Explanation, regions: RegionMasks, resize: ResizeMode = ResizeMode.STRETCH
) -> CaseAnswer:
    """Compare an explanation of a case with its ground truth.

    Parameters
    ----------
    case
        Its geometry must be that of what was explained.
    explanation
        By any model set.
    regions
        Regions of the whole radiograph.
    resize
        Resize mode of the model set.
    """
    parts = part_evidence(explanation, crop_regions(regions, case.geometry, resize))
    shares = {part: share for part, share in evidence_shares(parts).items() if share is not None}
    return CaseAnswer(
        case,
        None if explanation.label_withheld else explanation.finding,
        explanation.probability,
        shares or None,
        {part: share.area for part, share in parts.items()},
    )


def _compared(as_in_paper: bool) -> str:
    return "as in the paper" if as_in_paper else "not as in the paper"


def _percent(share: float) -> str:
    return f"{100 * share:.{0 if share >= 0.01 else 1}f}\N{NO-BREAK SPACE}%"
