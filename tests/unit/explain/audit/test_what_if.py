"""What is changed in the copies, what is not, and how their answers are put beside the first."""

import numpy as np
import pytest

from densexplain.classifier.probability import finding_of, probability_of, threshold_logit
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.audit.what_if import what_if_results, what_ifs
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.vocabulary import Finding, Region, RegionChange, RegionSource

ROWS, COLUMNS = 120, 90
PIXELS = np.random.default_rng(5).uniform(0.2, 0.7, (ROWS, COLUMNS)).astype(np.float32)
SPECIFICATION = InputSpecification(64)


def region(name: str, kind: Region | None, rows: slice, columns: slice) -> NamedRegion:
    mask = np.zeros((ROWS, COLUMNS), bool)
    mask[rows, columns] = True
    return NamedRegion(name, kind, mask, RegionSource.DRAWN)


REGIONS = (
    region("text legend 1", Region.TEXT_LEGEND, np.s_[5:15], np.s_[5:20]),
    region("text legend 2", Region.TEXT_LEGEND, np.s_[100:110], np.s_[60:80]),
    region("screws", Region.HARDWARE, np.s_[40:60], np.s_[40:45]),
    region("marked region", Region.ABNORMALITY, np.s_[50:70], np.s_[30:60]),
    region("cast", None, np.s_[0:120], np.s_[0:4]),
    region("anatomy", Region.SOFT_TISSUE, np.s_[20:120], np.s_[20:70]),
    region("gone", None, np.s_[0:0], np.s_[0:0]),
)


def test_the_copies_that_are_made():
    assert [(copy.name, copy.change) for copy in what_ifs(PIXELS, REGIONS, SPECIFICATION)] == [
        ("without the text legends", RegionChange.REMOVED),
        ("without the screws", RegionChange.REMOVED),
        ("without the marked region", RegionChange.REMOVED),
        ("without the cast", RegionChange.REMOVED),
        ("only the text legends", RegionChange.KEPT),
        ("only the marked region", RegionChange.KEPT),
        ("only the cast", RegionChange.KEPT),
    ]


def test_nothing_outside_a_mask_is_touched_and_nothing_inside_what_is_kept():
    before = PIXELS.copy()
    for copy in what_ifs(PIXELS, REGIONS, SPECIFICATION):
        stays = copy.mask if copy.change is RegionChange.KEPT else ~copy.mask
        assert np.array_equal(copy.pixels[stays], PIXELS[stays])
        assert not np.array_equal(copy.pixels[~stays], PIXELS[~stays])
        assert np.isfinite(copy.pixels).all()
    assert np.array_equal(PIXELS, before)


def test_a_frame_is_cropped_off():
    pixels = PIXELS.copy()
    frame = np.ones((ROWS, COLUMNS), bool)
    frame[10:-10, 8:-8] = False
    pixels[frame] = 1
    (copy,) = what_ifs(
        pixels, [NamedRegion("image frame", Region.IMAGE_FRAME, frame, RegionSource.FOUND)], SPECIFICATION
    )
    assert (copy.name, copy.change) == ("image frame cropped off", RegionChange.CROPPED)
    assert copy.pixels.shape == pytest.approx((100, 74), abs=4)


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        (RegionSource.FOUND, []),
        (RegionSource.DRAWN, [RegionChange.CROPPED]),
        (RegionSource.KNOWN, [RegionChange.CROPPED]),
    ],
)
def test_a_rim_that_was_found_is_not_cropped_off_and_one_that_was_drawn_is(source, changes):
    rim = np.zeros((ROWS, COLUMNS), bool)
    rim[:1] = True
    assert 0 < rim.mean() < 0.01
    copies = what_ifs(PIXELS, [NamedRegion("image frame", Region.IMAGE_FRAME, rim, source)], SPECIFICATION)
    assert [copy.change for copy in copies] == changes
    assert all(np.array_equal(copy.pixels, PIXELS[1:]) for copy in copies)


@pytest.mark.parametrize(
    ("source", "count"), [(RegionSource.FOUND, 0), (RegionSource.DRAWN, 1), (RegionSource.KNOWN, 1)]
)
def test_a_small_piece_of_frame_that_was_drawn_is_asked_about_and_one_that_was_found_is_not(source, count):
    rim = np.zeros((ROWS, COLUMNS), bool)
    rim[:1, : COLUMNS // 2] = True
    assert 0 < rim.mean() < 0.01
    assert len(what_ifs(PIXELS, [NamedRegion("image frame", Region.IMAGE_FRAME, rim, source)], SPECIFICATION)) == count


def test_a_frame_along_no_whole_side_is_painted_over():
    piece = np.zeros((ROWS, COLUMNS), bool)
    piece[:20, : COLUMNS // 2] = True
    (copy,) = what_ifs(
        PIXELS, [NamedRegion("image frame", Region.IMAGE_FRAME, piece, RegionSource.DRAWN)], SPECIFICATION
    )
    assert (copy.name, copy.change) == ("without the image frame", RegionChange.REMOVED)
    assert np.array_equal(copy.pixels[~piece], PIXELS[~piece])
    assert not np.array_equal(copy.pixels[piece], PIXELS[piece])


def test_no_regions_no_copies():
    assert what_ifs(PIXELS, [], SPECIFICATION) == ()


def test_answers_beside_the_first():
    copies = what_ifs(PIXELS, REGIONS[:1], SPECIFICATION)
    evidence = Evidence(np.array([-0.5, 0.75]), np.zeros((2, 2, 2), np.float32))
    without, only = what_if_results(copies, evidence, 0.25, 0.5)
    assert (without.change, without.flips, without.finding) == (pytest.approx(-0.75), True, Finding.NORMAL)
    assert (only.change, only.flips, only.finding) == (pytest.approx(0.5), False, Finding.ABNORMAL)
    assert only.probability == pytest.approx(1 / (1 + np.exp(-0.75)))


def test_abnormalities_and_thresholds():
    assert finding_of(0.0, 0.5) is Finding.NORMAL
    assert finding_of(0.01, 0.5) is Finding.ABNORMAL
    assert probability_of(threshold_logit(0.3)) == pytest.approx(0.3)
    assert threshold_logit(0.0) == -np.inf
    assert threshold_logit(1.0) == np.inf
    assert probability_of(-1e6) == 0
