"""The verdict, line by line of a table."""

from dataclasses import asdict

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.explain.audit.attribution import LogitAttribution, RegionAttribution, attribution_sentence
from densexplain.explain.audit.stability import Stability, draw_variants
from densexplain.explain.audit.verdict import THRESHOLDS, Overruling, judge
from densexplain.explain.audit.what_if import WhatIf, WhatIfResult
from densexplain.explain.focus.part_evidence import PartEvidence
from densexplain.explain.wording import Wording
from densexplain.vocabulary import AuditVerdict, Finding, Region, RegionChange
from tests.tiny import ROOT

NOTHING = np.zeros((4, 4), bool)


def told(logit: float, marked: float | None, legend: float = 0.0) -> LogitAttribution:
    """Shares of the evidence for either finding on the mark, which is a tenth of the area, and on a legend."""

    def entry(name: str, kind: Region | None, share: float, area: float) -> RegionAttribution:
        return RegionAttribution(name, kind, PartEvidence(10 * share, -10 * share, area))

    entries = [] if marked is None else [entry("marked region", Region.ABNORMALITY, marked, 0.1)]
    entries += [entry("text legend", Region.TEXT_LEGEND, legend, 0.05)] if legend else []
    rest = entry("elsewhere", None, 1 - (marked or 0) - legend, 0.85)
    return LogitAttribution(tuple(entries), rest, 0.0, logit, (32, 32))


def without(kind: Region | None, before: float, after: float, change=RegionChange.REMOVED) -> WhatIfResult:
    finding = Finding.ABNORMAL if after > 0 else Finding.NORMAL
    copy = WhatIf(f"without the {kind}", change, kind, (str(kind),), NOTHING, np.zeros((4, 4), np.float32))
    flips = (after > 0) != (before > 0)
    return WhatIfResult(copy, after, 0.5, finding, after - before, flips, np.zeros((2, 2), np.float32))


def changes(logit: float, flips: int = 0, spread: float = 0.1) -> Stability:
    variants = draw_variants()
    logits = logit + spread * np.tile([-1.0, 1.0], 8)
    flipped = np.arange(16) < flips
    return Stability(variants, 0, logits, flipped, np.zeros((2, 2), np.float32), 1.0)


LEGEND, MARKED = Region.TEXT_LEGEND, Region.ABNORMALITY
TABLE = {
    "marked and leant on": (2.0, 0.6, 0, [without(MARKED, 2, -1)], 0, 0.1, AuditVerdict.SUPPORTED),
    "more than chance is enough": (2.0, 0.11, 0, [without(MARKED, 2, 1.4)], 0, 0.1, AuditVerdict.SUPPORTED),
    "evidence only": (2.0, 0.6, 0, [without(MARKED, 2, 1.9)], 0, 0.1, AuditVerdict.PARTLY),
    "what-if only": (2.0, 0.09, 0, [without(MARKED, 2, -1)], 0, 0.1, AuditVerdict.PARTLY),
    "neither": (2.0, 0.09, 0, [without(MARKED, 2, 2.5)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "neither, but hardly abnormal": (1.4, 0.09, 0, [without(MARKED, 1.4, 1.4)], 0, 0.1, AuditVerdict.OPEN),
    "neither, abnormal for all that": (1.6, 0.09, 0, [without(MARKED, 1.6, 1.6)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "stronger without it": (0.3, 0.09, 0, [without(MARKED, 0.3, 1.6)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "without the legend normal": (2.0, 0.6, 0, [without(LEGEND, 2, -1)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "legend before fragile": (2.0, 0.6, 0, [without(LEGEND, 2, -1)], 5, 0.1, AuditVerdict.SOMETHING_ELSE),
    "no more than small changes do": (
        0.5, 0.6, 0, [without(LEGEND, 0.5, -0.1), without(MARKED, 0.5, -1)], 0, 0.4, AuditVerdict.SUPPORTED,
    ),
    "a flip by less than half a logit": (
        0.3, 0.6, 0, [without(LEGEND, 0.3, -0.19), without(MARKED, 0.3, -1)], 0, 0.1, AuditVerdict.SUPPORTED,
    ),
    "a flip by more than half a logit": (
        0.3, 0.6, 0, [without(LEGEND, 0.3, -0.21), without(MARKED, 0.3, -1)], 0, 0.1, AuditVerdict.SOMETHING_ELSE,
    ),
    "a push without a flip": (
        2.0, 0.6, 0, [without(LEGEND, 2, 0.5), without(MARKED, 2, -1)], 0, 0.1, AuditVerdict.SUPPORTED,
    ),
    "a legend kept alone takes nothing away": (
        2.0, 0.6, 0, [without(LEGEND, 2, -3, RegionChange.KEPT), without(MARKED, 2, -1)], 0, 0.1,
        AuditVerdict.SUPPORTED,
    ),
    "a legend that is enough alone and holds half": (
        2.0, 0.6, 0, [without(LEGEND, 2, 0.9), without(LEGEND, 2, 1, RegionChange.KEPT), without(MARKED, 2, -1)], 0,
        0.1, AuditVerdict.SOMETHING_ELSE,
    ),
    "enough alone, but holds less than half": (
        2.0, 0.6, 0, [without(LEGEND, 2, 1.1), without(LEGEND, 2, 1, RegionChange.KEPT), without(MARKED, 2, -1)], 0,
        0.1, AuditVerdict.SUPPORTED,
    ),
    "normal is what little is called anyway": (
        -2.0, None, 0, [without(LEGEND, -2, -0.1), without(LEGEND, -2, -1, RegionChange.KEPT)], 0, 0.1,
        AuditVerdict.OPEN,
    ),
    "evidence on the legend": (2.0, 0.2, 0.75, [without(LEGEND, 2, 1)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "flips": (2.0, 0.6, 0, [without(MARKED, 2, -1)], 3, 0.1, AuditVerdict.FRAGILE),
    "two of sixteen are few": (2.0, 0.6, 0, [without(MARKED, 2, -1)], 2, 0.1, AuditVerdict.SUPPORTED),
    "nothing marked": (2.0, None, 0, [], 0, 0.1, AuditVerdict.OPEN),
    "normal": (-2.0, 0.6, 0, [without(MARKED, -2, -1)], 0, 0.1, AuditVerdict.OPEN),
    "normal for a legend": (-2.0, None, 0, [without(LEGEND, -2, 1)], 0, 0.1, AuditVerdict.SOMETHING_ELSE),
    "frame": (2.0, 0.6, 0, [without(Region.IMAGE_FRAME, 2, -1, RegionChange.CROPPED)], 0, 0.1,
              AuditVerdict.SOMETHING_ELSE),
    "hardware is no artefact": (
        2.0, 0.6, 0, [without(Region.HARDWARE, 2, -1), without(MARKED, 2, -1)], 0, 0.1, AuditVerdict.SUPPORTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", TABLE)
def test_table(line):
    logit, marked, legend, results, flips, spread, expected = TABLE[line]
    finding = Finding.ABNORMAL if logit > 0 else Finding.NORMAL
    verdict = judge(told(logit, marked, legend), finding, 0.5, tuple(results), changes(logit, flips, spread))
    assert verdict.verdict is expected
    assert verdict.sentence.endswith(".")


def test_the_numbers_are_told():
    results = (without(MARKED, 2, 0.5), without(LEGEND, 2, 1.2), without(None, 2, 1.9))
    verdict = judge(told(2.0, 0.3), Finding.ABNORMAL, 0.5, results, changes(2.0))
    assert (verdict.marked_share, verdict.marked_area) == (pytest.approx(0.3), pytest.approx(0.1))
    assert (verdict.marked_push, verdict.strongest_push) == (pytest.approx(1.5), pytest.approx(0.8))
    assert verdict.strongest == "without the text legend"


def test_of_several_that_flip_the_finding_the_strongest_is_named():
    results = (without(Region.IMAGE_FRAME, 2, -0.5), without(LEGEND, 2, -3), without(None, 2, -1))
    verdict = judge(told(2.0, 0.6), Finding.ABNORMAL, 0.5, results, changes(2.0))
    assert verdict.verdict is AuditVerdict.SOMETHING_ELSE
    assert "without the text legend" in verdict.sentence
    assert "5" in verdict.sentence
    assert "frame" not in verdict.sentence


def test_of_a_chosen_class_the_verdict_speaks_of_that_class():
    fracture = Wording("fracture")
    results = (without(LEGEND, 2, -3),)
    verdict = judge(told(2.0, 0.6), Finding.ABNORMAL, 0.5, results, changes(2.0), wording=fracture)
    assert verdict.sentence.startswith("It says fracture, but no fracture without the text legend")
    verdict = judge(told(-2.0, None), Finding.NORMAL, 0.5, (), changes(-2.0), wording=fracture)
    assert "normal" not in verdict.sentence
    assert attribution_sentence(told(2.0, 0.6), Finding.NORMAL, fracture).count("against fracture") == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_overruling_needs_a_reason(reason):
    with pytest.raises(OptionError, match="reason"):
        Overruling(AuditVerdict.SUPPORTED, reason)


def test_the_thresholds_are_those_of_the_report():
    report = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    for name, value in asdict(THRESHOLDS).items():
        assert f"| `{name}` | {value:g} |" in report, name
