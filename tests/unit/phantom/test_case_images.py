"""The cases' radiographs are this code's own and can be made again."""

import json

import cv2
import numpy as np
import pytest

from densexplain.explain.cases.cases import read_case, read_cases
from densexplain.phantom.case_images import CASE_IMAGES, RECORD_FILE, write_case_images
from densexplain.radiograph.regions.regions import IMAGE_FILE, REGIONS_FILE, read_regions
from densexplain.settings import settings
from densexplain.vocabulary import Finding, Region

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    assert [place.name for place in write_case_images(folder)] == list(CASE_IMAGES)
    return folder


@pytest.mark.parametrize("name", CASE_IMAGES)
def test_what_ships_is_what_the_code_simulates(folder, name):
    made, shipped = (
        cv2.imread(str(place / name / IMAGE_FILE), cv2.IMREAD_UNCHANGED) for place in (folder, settings().cases)
    )
    assert made.shape == shipped.shape
    assert made.dtype == shipped.dtype == np.uint8
    difference = np.abs(made.astype(int) - shipped.astype(int))
    assert difference.max() <= 1  # mathematics libraries may round the last bit otherwise
    assert np.mean(difference > 0) < 1e-3
    for region in Region:
        one, other = (read_regions(place / name / REGIONS_FILE)[region] for place in (folder, settings().cases))
        assert np.mean(one != other) < 1e-4, region
    records = [json.loads((place / name / RECORD_FILE).read_text()) for place in (folder, settings().cases)]
    assert records[0]["abnormality"]["kind"] == records[1]["finding"]["kind"] == CASE_IMAGES[name].abnormality


def test_the_eight_cases_of_the_paper_are_there_and_can_be_opened():
    cases = read_cases(settings().cases)
    assert [case.figure for case in cases] == list(range(4, 12))
    assert {case.image for case in cases} == set(CASE_IMAGES)
    for case in cases:
        _, regions = read_case(settings().cases, case)
        assert Region.ABNORMALITY in regions
        assert (Region.TEXT_LEGEND in regions) is (case.image == "wrist-screws")
        assert (Region.IMAGE_FRAME in regions) is (case.image == "fingertip-frame")
    assert [case.paper_finding for case in cases].count(Finding.NORMAL) == 1


def test_the_crop_of_the_last_case_leaves_the_frame_out_and_the_abnormality_in():
    case = read_cases(settings().cases)[-1]
    _, regions = read_case(settings().cases, case)
    crop = case.geometry.crop
    assert crop is not None
    inside = np.s_[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    assert not regions[Region.IMAGE_FRAME][inside].any()
    assert regions[Region.ABNORMALITY][inside].sum() == regions[Region.ABNORMALITY].sum()


def test_an_unknown_image_is_refused():
    with pytest.raises(KeyError):
        CASE_IMAGES["knee"]
