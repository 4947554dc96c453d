"""Where the stages look, worked out by hand on grids of 4 x 4 cells."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from densexplain.explain.explanation import Explanation, RankedMaps, StageExplanation
from densexplain.explain.focus.focus_parts import part_masks, part_shares
from densexplain.explain.focus.part_evidence import evidence_shares, part_evidence
from densexplain.explain.focus.stage_focus import fine_detail, separation, stage_focus
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Finding, FocusPart, Ranking, Region
from tests.stages import BLOCK4, STAGES, shaped

# Left half bone; the abnormality in its lowest row; the legend over the upper left corner and the cell beside the bone.
BONE, ABNORMALITY, LEGEND = (np.zeros((4, 4), bool) for _ in range(3))
BONE[:, :2] = True
ABNORMALITY[3, :2] = True
LEGEND[0, 0] = LEGEND[0, 2] = True
REGIONS = RegionMasks((4, 4), {Region.BONE: BONE, Region.HARDWARE: ABNORMALITY, Region.TEXT_LEGEND: LEGEND})
MAP = np.array([[4, 0, 4, 0], [1, 1, 0, 0], [1, 1, 0, 0], [3, 3, 0, 2]], np.float32)  # sum 20


def explanation_of(maps: np.ndarray, activation_map: np.ndarray | None = None, bias: float = -0.5) -> Explanation:
    """The same maps (16, rows, columns) in every stage."""
    count, rows, columns = maps.shape
    ranked = RankedMaps(np.arange(count, dtype=np.int32), maps.mean(axis=(1, 2)), maps)
    stages = tuple(StageExplanation(shaped(stage, rows, columns, count), {Ranking.MEAN: ranked}) for stage in STAGES)
    evidence = maps[0] if activation_map is None else activation_map
    logit = float(evidence.mean(dtype=np.float64)) + bias
    return Explanation(0.5, logit, bias, Finding.NORMAL, 0.5, evidence, stages)


def random_regions(draw: np.random.Generator, rows: int = 60, columns: int = 44) -> RegionMasks:
    return RegionMasks((rows, columns), {region: draw.random((rows, columns)) < 0.2 for region in Region})


def test_a_pixel_belongs_to_one_part_and_text_hides_bone():
    masks = part_masks(REGIONS)
    assert {part: int(mask.sum()) for part, mask in masks.items()} == {
        FocusPart.ANATOMY: 5,
        FocusPart.ABNORMALITY: 2,
        FocusPart.TEXT_LEGEND: 2,
        FocusPart.IMAGE_FRAME: 0,
        FocusPart.BACKGROUND: 7,
    }
    assert np.all(np.sum(list(masks.values()), axis=0) == 1)


def test_focus_by_hand():
    focus = stage_focus(explanation_of(np.stack([MAP, np.zeros_like(MAP)])), REGIONS)
    assert [one.stage.name for one in focus] == [stage.name for stage in STAGES]
    parts = focus[2].parts
    activations = {part: value.activation for part, value in parts.items()}
    assert activations == pytest.approx(
        {
            FocusPart.ANATOMY: 4 / 20,
            FocusPart.ABNORMALITY: 6 / 20,
            FocusPart.TEXT_LEGEND: 8 / 20,
            FocusPart.IMAGE_FRAME: 0,
            FocusPart.BACKGROUND: 2 / 20,
        }
    )
    assert parts[FocusPart.TEXT_LEGEND].area == pytest.approx(2 / 16)
    assert parts[FocusPart.TEXT_LEGEND].lift == pytest.approx((8 / 20) / (2 / 16))
    assert parts[FocusPart.IMAGE_FRAME].lift is None
    assert parts[FocusPart.IMAGE_FRAME].auc is None
    assert parts[FocusPart.TEXT_LEGEND].auc == 1.0
    # Of 2 x 14 pairs the abnormality (3, 3) is above the legend (4, 4) in none and above all else in 12 each.
    assert parts[FocusPart.ABNORMALITY].auc == pytest.approx(24 / 28)
    assert focus[0].foreground.activation == pytest.approx(10 / 20)
    assert focus[0].foreground.area == pytest.approx(7 / 16)


def test_a_cell_counts_for_a_part_by_the_area_that_it_covers():
    share = part_shares(REGIONS, 2, 2)
    assert share[FocusPart.TEXT_LEGEND].tolist() == [[0.25, 0.25], [0, 0]]
    assert share[FocusPart.ABNORMALITY].tolist() == [[0, 0], [0.5, 0]]
    # Inside 1/4 of the cell with 2 and 1/4 of that with 1; outside 3/4, 3/4, 1 (3) and 1 (0): by hand
    # 1/4 (3/8 + 3/4 + 1) + 1/4 (3/8 + 1) of 1/2 x 7/2 pairs.
    auc = separation(np.array([[2.0, 1.0], [3.0, 0.0]]), share[FocusPart.TEXT_LEGEND])
    assert auc == pytest.approx((0.25 * 2.125 + 0.25 * 1.375) / 1.75)


def test_the_curve_area_agrees_with_scikit_learn():
    draw = np.random.default_rng(5)
    values = draw.integers(0, 6, (12, 9)).astype(float)  # many equal ones
    binary = draw.random(values.shape) < 0.3
    assert separation(values, binary.astype(float)) == pytest.approx(roc_auc_score(binary.ravel(), values.ravel()))
    share = draw.random(values.shape)
    labels = np.r_[np.ones(share.size), np.zeros(share.size)]
    weights = np.r_[share.ravel(), 1 - share.ravel()]
    expected = roc_auc_score(labels, np.tile(values.ravel(), 2), sample_weight=weights)
    assert separation(values, share) == pytest.approx(expected)


@pytest.mark.parametrize("side", [1, 5, 20, 80])
def test_shares_sum_to_one_on_any_grid(side):
    draw = np.random.default_rng(side)
    maps = draw.random((16, side, side)).astype(np.float32)
    for focus in stage_focus(explanation_of(maps), random_regions(draw)):
        assert sum(part.activation for part in focus.parts.values()) == pytest.approx(1)
        assert sum(part.area for part in focus.parts.values()) == pytest.approx(1)


def test_what_is_everything_or_nothing_is_told_from_nothing():
    whole = RegionMasks((4, 4), {Region.SOFT_TISSUE: np.ones((4, 4), bool)})
    focus = stage_focus(explanation_of(MAP[None]), whole)[0]
    assert focus.parts[FocusPart.ANATOMY].auc is None
    assert focus.parts[FocusPart.ANATOMY].lift == 1
    assert focus.foreground.activation == 1
    silent = stage_focus(explanation_of(np.zeros((16, 4, 4), np.float32)), REGIONS)[0]
    assert silent.foreground.activation is None
    assert silent.foreground.lift is None
    assert silent.foreground.auc == 0.5
    assert (silent.detail, silent.first_detail) == (0, 0)


def test_evidence_of_the_parts_sums_to_the_logit_less_the_bias():
    draw = np.random.default_rng(7)
    activation_map = draw.normal(0, 5, (10, 10)).astype(np.float32)
    explanation = explanation_of(np.ones((16, 2, 2), np.float32), activation_map)
    evidence = part_evidence(explanation, random_regions(draw, 97, 51))
    assert sum(part.net for part in evidence.values()) == pytest.approx(explanation.logit - explanation.bias, abs=1e-4)
    assert all(part.positive >= 0 >= part.negative for part in evidence.values())
    assert sum(evidence_shares(evidence).values()) == pytest.approx(1)


def test_evidence_by_hand():
    activation_map = np.array([[8.0, -4.0], [2.0, 0.0]], np.float32)  # a quarter of it is evidence
    evidence = part_evidence(explanation_of(MAP[None], activation_map), REGIONS)
    legend = evidence[FocusPart.TEXT_LEGEND]
    assert (legend.positive, legend.negative, legend.net, legend.area) == (0.5, -0.25, 0.25, 2 / 16)
    assert evidence_shares(evidence)[FocusPart.TEXT_LEGEND] == 0.2
    none = part_evidence(explanation_of(MAP[None], -np.ones((2, 2), np.float32)), REGIONS)
    assert set(evidence_shares(none).values()) == {None}


def test_fine_detail_is_what_changes_within_eight_cells():
    cells = np.arange(32) + 0.5
    broad, fine = (np.tile(np.cos(np.pi * waves * cells / 32), (32, 1)) for waves in (4, 16))  # 16 and 4 cells long
    assert fine_detail(broad) == pytest.approx(0, abs=1e-9)
    assert fine_detail(fine) == pytest.approx(1)
    assert fine_detail(2 * broad + fine + 7) == pytest.approx(1 / 5)
    assert fine_detail(100 * (2 * broad + fine)) == pytest.approx(1 / 5), "of no unit"
    assert fine_detail(np.full((8, 8), 0.1)) == 0


def test_a_coarser_grid_is_held_against_the_first_stage_on_that_grid():
    draw = np.random.default_rng(3)
    first = draw.random((1, 32, 32)).astype(np.float32)
    whole = explanation_of(first)
    coarse = first.reshape(1, 8, 4, 8, 4).mean(axis=(2, 4))
    ranked = RankedMaps(np.zeros(1, np.int32), np.ones(1, np.float32), coarse)
    last = StageExplanation(shaped(BLOCK4, 8, 8, 1), {Ranking.MEAN: ranked})
    mixed = Explanation(0.5, 0, 0, Finding.NORMAL, 0.5, MAP, (*whole.stages[:4], last))
    focus = stage_focus(mixed, random_regions(draw))
    assert focus[4].detail == pytest.approx(focus[4].first_detail, abs=1e-5)
    assert focus[0].detail == focus[0].first_detail
