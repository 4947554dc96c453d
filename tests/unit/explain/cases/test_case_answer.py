"""What a model set does with a case, worked out by hand on a map of 4 x 4 cells."""

from dataclasses import replace

import numpy as np
import pytest

from densexplain.explain.cases.case_answer import case_answer
from densexplain.explain.cases.cases import PaperCase
from densexplain.explain.explanation import Explanation
from densexplain.explain.familiarity import Familiarity
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import FamiliarityVerdict, Finding, FocusPart, Region

# Left half bone; the abnormality in its lowest row; the legend over the upper left corner and the cell beside the bone.
BONE, ABNORMALITY, LEGEND = (np.zeros((80, 80), bool) for _ in range(3))
BONE[:, :40] = True
ABNORMALITY[60:, :40] = True
LEGEND[:20, :20] = LEGEND[:20, 40:60] = True
REGIONS = RegionMasks((80, 80), {Region.BONE: BONE, Region.ABNORMALITY: ABNORMALITY, Region.TEXT_LEGEND: LEGEND})
# Positive evidence of 20: legend 8, abnormality 6, the rest of the bone 4, background 2.
MAP = np.array([[4, 0, 4, 0], [1, 1, -5, 0], [1, 1, 0, 0], [3, 3, 0, 2]], np.float32)
CASE = PaperCase(
    "screws", 5, "Screws", "screws", "wrist", Geometry(), "Look.", "Found.", Finding.ABNORMAL, (FocusPart.TEXT_LEGEND,)
)
SHARES = (
    "Of its positive evidence 30\xa0% lies on the abnormality (12\xa0% of the area) "
    "and 40\xa0% on the text legend (12\xa0% of the area). "
)


def explained(activation_map: np.ndarray = MAP, finding: Finding = Finding.ABNORMAL) -> Explanation:
    return Explanation(0.83, 1.6, 0.4, finding, 0.5, activation_map, ())


def test_what_comes_out_as_in_the_paper_is_said() -> None:
    answer = case_answer(CASE, explained(), REGIONS)
    assert answer.evidence is not None
    assert answer.evidence[FocusPart.TEXT_LEGEND] == pytest.approx(8 / 20)
    assert answer.area[FocusPart.TEXT_LEGEND] == pytest.approx(2 / 16)
    assert sum(answer.evidence.values()) == pytest.approx(1)
    assert answer.sentence == (
        "It says abnormal (probability of abnormal 0.83), as in the paper. "
        f"{SHARES}It is densest on the text legend, as in the paper."
    )


def test_what_does_not_come_out_is_said_as_plainly() -> None:
    case = replace(CASE, paper_evidence=(FocusPart.ABNORMALITY,))
    assert case_answer(case, explained(finding=Finding.NORMAL), REGIONS).sentence == (
        "It says normal (probability of abnormal 0.83), not as in the paper. "
        f"{SHARES}It is densest on the text legend, not as in the paper."
    )


def test_evidence_hardly_above_chance_is_not_taken_for_the_papers() -> None:
    even = np.ones((4, 4), np.float32)
    even[0, 0] = even[0, 2] = 1.5
    answer = case_answer(CASE, explained(even), REGIONS)
    assert answer.densest is FocusPart.TEXT_LEGEND
    assert answer.evidence_as_in_paper is False
    assert answer.sentence.endswith("It is densest on the text legend, hardly above chance, not as in the paper.")


def test_where_the_paper_names_no_part_only_the_finding_is_compared() -> None:
    answer = case_answer(replace(CASE, paper_evidence=()), explained(), REGIONS)
    assert answer.evidence_as_in_paper is None
    assert answer.sentence.endswith("It is densest on the text legend.")


def test_the_truth_is_cropped_as_the_radiograph_is() -> None:
    case = replace(CASE, geometry=Geometry(Crop(20, 0, 60, 80)), paper_evidence=(FocusPart.ANATOMY,))
    answer = case_answer(case, explained(), REGIONS)
    assert answer.area[FocusPart.TEXT_LEGEND] == 0
    assert "text legend" not in answer.sentence


def test_without_positive_evidence_nothing_is_densest() -> None:
    answer = case_answer(CASE, explained(-np.abs(MAP), Finding.NORMAL), REGIONS)
    assert answer.densest is None
    assert not answer.stands_out
    assert answer.sentence.endswith("There is no evidence for abnormal, not as in the paper.")


def test_a_withheld_label_is_not_told() -> None:
    foreign = Familiarity(9.0, FamiliarityVerdict.FOREIGN, 1.0, 2.0)
    said = case_answer(CASE, replace(explained(), familiarity=foreign), REGIONS).sentence
    assert said.startswith("It withholds the label, not as in the paper. ")
    assert "0.83" not in said


def test_a_share_below_one_percent_keeps_a_digit() -> None:
    legend = np.zeros((80, 80), bool)
    legend[0, :24] = True
    answer = case_answer(CASE, explained(), RegionMasks((80, 80), {Region.TEXT_LEGEND: legend}))
    assert "(0.4\xa0% of the area)" in answer.sentence
