"""What a prediction rests on, judged by thresholds that are defined here only.

In this order, and the first that holds is the verdict:

1. Something that is no abnormality (text legend, image frame, or anything drawn
   without being marked as the abnormality) decides: without it the finding is
   another one, and the logit moves by more than small changes move it. Or it
   holds much of the distance from the threshold and alone gives the finding too,
   which is abnormal. Or the evidence for the finding lies mostly on it.
2. Fragile: the finding flips under small changes.
3. Open: no reader has marked the abnormality, or the finding is normal.
4. Supported, partly supported or resting on something else: by two signs, that
   the evidence lies on the marked region and that the prediction leans on it.
   With neither sign, a finding close to the threshold is open too.

Of a shortcut the what-if is the stronger sign: a text legend is smaller than a
cell of the class activation map, so evidence on it is spread over its
surroundings. ``docs/verdict.md`` states the error rates, which
`densexplain.evaluation.audit_measurement` measures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from densexplain.classifier.probability import threshold_logit
from densexplain.errors import OptionError
from densexplain.explain.audit.attribution import LogitAttribution
from densexplain.explain.audit.stability import Stability
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.explain.wording import PAPERS_WORDING, Wording
from densexplain.vocabulary import AuditVerdict, Finding, Region, RegionChange


@dataclass(frozen=True)
class VerdictThresholds:
    """Where one verdict ends and the next begins.

    Parameters
    ----------
    push_logits
        Least change of the logit towards the other finding that counts as leaning on a region.
    push_spreads
        The same in standard deviations of the logit under small changes.
    push_of_margin
        Share of the distance from the threshold that a region must hold to count as leant on without a flip.
    artefact_margin
        Share of the distance from the threshold that something that is no abnormality must hold for an abnormal
        finding to rest on it without a flip, if that alone is called abnormal too.
    artefact_evidence
        Share of the evidence for the finding on what is no abnormality, from which the finding rests on it.
    marked_evidence
        Share of the evidence for the finding on the marked region that counts as lying on it.
    marked_lift
        The same as a multiple of the region's share of the area; the lesser of both counts.
    alone_logits
        Least distance from the model set's threshold at which a finding must stand without the marked region, if it
        neither lies nor leans on it, to be said to rest on something else; a weaker one is left open.
    flip_share
        Share of the small changes above which a finding that flips is fragile.
    """

    push_logits: float = 0.5
    push_spreads: float = 2.0
    push_of_margin: float = 0.25
    artefact_margin: float = 0.5
    artefact_evidence: float = 0.7
    marked_evidence: float = 0.5
    marked_lift: float = 1.0
    alone_logits: float = 1.5
    flip_share: float = 0.125


THRESHOLDS = VerdictThresholds()
"""In use; ``docs/verdict.md`` says how they were chosen and how often they err."""

_ARTEFACTS = (Region.TEXT_LEGEND, Region.IMAGE_FRAME, None)
"""Kinds that a finding should not rest on."""


@dataclass(frozen=True)
class Verdict:
    """A verdict and what led to it.

    Parameters
    ----------
    verdict
        Computed.
    sentence
        Why, for a reader.
    marked_share, marked_area
        Share of the evidence for the finding, and of the area, on the marked region; None where none is marked or
        there is no such evidence.
    marked_push
        How far the marked region moves the logit towards the finding; None where it was not removed.
    strongest
        Name of the what-if, of those that take away what is no abnormality, that moves the logit most; None if none.
    strongest_push
        How far what it takes away moves the logit towards the finding.
    """

    verdict: AuditVerdict
    sentence: str
    marked_share: float | None
    marked_area: float | None
    marked_push: float | None
    strongest: str | None
    strongest_push: float | None


MOST_LETTERS = 2000
"""Longest reason and longest remark: what one page has room for beside the pictures."""


def check_remark(remark: str) -> str:
    """A reader's remark on an audit, without blanks at its ends; may be empty.

    Raises
    ------
    OptionError
        If it has more than 2000 characters.
    """
    remark = remark.strip()
    if len(remark) > MOST_LETTERS:
        raise OptionError(f"expected a remark of at most {MOST_LETTERS} characters; received {len(remark)}")
    return remark


@dataclass(frozen=True)
class Overruling:
    """A reader's own verdict; it stands beside the computed one.

    Parameters
    ----------
    verdict
        The reader's.
    reason
        In the reader's words.

    Raises
    ------
    OptionError
        If there is no reason, or one of more than 2000 characters.
    """

    verdict: AuditVerdict
    reason: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.reason.strip()) <= MOST_LETTERS:
            raise OptionError(
                f"expected a reason of 1 to {MOST_LETTERS} characters for overruling the verdict; "
                f"received {len(self.reason)}"
            )


def judge(
    attribution: LogitAttribution,
    finding: Finding,
    threshold: float,
    results: tuple[WhatIfResult, ...],
    small_changes: Stability,
    thresholds: VerdictThresholds = THRESHOLDS,
    wording: Wording = PAPERS_WORDING,
) -> Verdict:
    """Judge what a prediction rests on.

    Parameters
    ----------
    attribution
        Attribution of its logit to the regions.
    finding, threshold
        Finding of the prediction, and threshold of its model set.
    results
        Results of the what-ifs.
    small_changes
        What the prediction does under them.
    thresholds
        Where one verdict ends and the next begins.
    wording
        Words for the class that is judged.
    """
    sign = 1.0 if finding is Finding.ABNORMAL else -1.0
    margin = sign * (attribution.logit - threshold_logit(threshold))
    taken = [one for one in results if one.what_if.change is not RegionChange.KEPT]
    others = [one for one in taken if one.what_if.kind in _ARTEFACTS]
    marked = next((one for one in taken if one.what_if.kind is Region.ABNORMALITY), None)
    strongest = max(others, key=lambda one: -sign * one.change, default=None)
    has_mark = any(entry.kind is Region.ABNORMALITY for entry in attribution.entries)
    share = attribution.share_of((Region.ABNORMALITY,), finding) if has_mark else None
    area = attribution.area_of((Region.ABNORMALITY,)) if has_mark else None
    push = None if marked is None else -sign * marked.change

    def verdict(kind: AuditVerdict, sentence: str) -> Verdict:
        return Verdict(
            kind,
            sentence,
            share,
            area,
            push,
            None if strongest is None else strongest.what_if.name,
            None if strongest is None else -sign * strongest.change,
        )

    least = max(thresholds.push_logits, thresholds.push_spreads * small_changes.logit_spread)
    deciding = [one for one in others if one.flips and -sign * one.change >= least]
    if deciding:
        most = max(deciding, key=lambda one: -sign * one.change)
        return verdict(
            AuditVerdict.SOMETHING_ELSE,
            f"It says {wording.finding(finding)}, but {wording.finding(most.finding)} {_in_words(most)}: "
            f"the logit changes by {_signed(most.change)}.",
        )
    held = _enough_alone(others, results) if finding is Finding.ABNORMAL else []
    held = [one for one in held if -one.change >= max(least, thresholds.artefact_margin * margin)]
    if held:
        most = max(held, key=lambda one: -one.change)
        return verdict(
            AuditVerdict.SOMETHING_ELSE,
            f"The {' and the '.join(most.what_if.regions)} alone would be called {wording.finding(finding)} too, and "
            f"{_in_words(most)} the logit changes by {_signed(most.change)}.",
        )
    on_artefacts = attribution.share_of(_ARTEFACTS, finding)
    if on_artefacts is not None and on_artefacts >= thresholds.artefact_evidence:
        return verdict(
            AuditVerdict.SOMETHING_ELSE,
            f"Of the evidence {wording.evidence(finding)}, {on_artefacts:.0%} lies on regions that are no abnormality.",
        )
    if small_changes.flip_share > thresholds.flip_share:
        count = int(small_changes.flips.sum())
        return verdict(
            AuditVerdict.FRAGILE,
            f"The finding flips in {count} of {len(small_changes.variants)} small changes of the radiograph.",
        )
    if not has_mark or finding is Finding.NORMAL:
        return verdict(AuditVerdict.OPEN, _why_open(has_mark, finding, wording))
    lies_on_it = _lies_on(share, area, thresholds)
    leans_on_it = marked is not None and _leans_on(marked, -sign * marked.change, margin, thresholds)
    if not lies_on_it and not leans_on_it and margin - (push or 0.0) < thresholds.alone_logits:
        return verdict(
            AuditVerdict.OPEN,
            "Neither the evidence nor the prediction rests on the region you marked, but there is too little evidence "
            f"{wording.evidence(finding)} to attribute it to anything else.",
        )
    kind = _BY_SIGNS[lies_on_it, leans_on_it]
    return verdict(kind, f"{_EVIDENCE_SAYS[lies_on_it]}, {_WHAT_IF_SAYS[leans_on_it]}.")


def _enough_alone(taken: Sequence[WhatIfResult], results: Sequence[WhatIfResult]) -> list[WhatIfResult]:
    """What-ifs that remove something and whose regions alone are called abnormal."""
    kept = [one for one in results if one.what_if.change is RegionChange.KEPT and one.finding is Finding.ABNORMAL]
    enough = {one.what_if.regions for one in kept}
    return [one for one in taken if one.what_if.regions in enough]


def _signed(logits: float) -> str:
    return f"{logits:+.1f}".replace("-", "\N{MINUS SIGN}")


def _in_words(result: WhatIfResult) -> str:
    """Describe a what-if as part of a sentence."""
    name = result.what_if.name
    return f"with the {name}" if result.what_if.change is RegionChange.CROPPED else name


def _why_open(has_mark: bool, finding: Finding, wording: Wording) -> str:
    if finding is Finding.NORMAL:
        said, other = wording.finding(Finding.NORMAL), wording.finding(Finding.ABNORMAL)
        return f"It says {said}, and nothing that was taken away or slightly changed makes it say {other}."
    return "Nothing contradicts the prediction; mark where you see the abnormality to have it judged."


def _lies_on(share: float | None, area: float | None, thresholds: VerdictThresholds) -> bool:
    if share is None or area is None:
        return False
    return share >= min(thresholds.marked_evidence, thresholds.marked_lift * area if area > 0 else math.inf)


def _leans_on(marked: WhatIfResult, push: float, margin: float, thresholds: VerdictThresholds) -> bool:
    return push > 0 and (marked.flips or push >= thresholds.push_of_margin * margin)


_BY_SIGNS = {
    (True, True): AuditVerdict.SUPPORTED,
    (True, False): AuditVerdict.PARTLY,
    (False, True): AuditVerdict.PARTLY,
    (False, False): AuditVerdict.SOMETHING_ELSE,
}
_EVIDENCE_SAYS = {
    True: "The evidence lies on the region you marked",
    False: "Little of the evidence lies on the region you marked",
}
_WHAT_IF_SAYS = {
    True: "and the prediction leans on it",
    False: "and the prediction does not lean on it",
}
