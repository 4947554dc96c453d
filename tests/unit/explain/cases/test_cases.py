"""The list of the paper's cases is taken whole or refused by name."""

import json
from pathlib import Path

import numpy as np
import pytest

from densexplain.errors import CaseError, CropOutsideError
from densexplain.explain.cases.cases import read_case, read_cases
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.regions.regions import RegionMasks, write_regions
from densexplain.vocabulary import Finding, FocusPart, Region
from tests.paper_cases import COLUMNS, ROWS, entry, write_cases

CROP = {"top": 10, "left": 5, "height": 90, "width": 60}


def test_cases_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    cropped = entry("cropped", figure=11, crop=CROP | {"rotate_degrees": 2.5}, paper_finding="normal")
    write_cases(tmp_path, cropped, entry(paper_evidence=["text legend", "finding"]))
    first, second = read_cases(tmp_path)
    assert (first.name, first.figure, first.paper_finding) == ("cropped", 11, Finding.NORMAL)
    assert first.geometry == Geometry(Crop(10, 5, 90, 60), 2.5)
    assert first.paper_evidence == ()
    assert second.geometry == Geometry()
    assert second.paper_evidence == (FocusPart.TEXT_LEGEND, FocusPart.ABNORMALITY)


def test_without_a_list_there_are_no_cases(tmp_path: Path) -> None:
    assert read_cases(tmp_path / "missing") == ()


@pytest.mark.parametrize(
    ("changes", "say"),
    [
        ({"paper_finding": "doubtful"}, "doubtful"),
        ({"paper_evidence": ["nail"]}, "nail"),
        ({"image": "../secret"}, "`image`"),
        ({"name": "Wrist Fracture"}, "`name`"),
        ({"model_set": "../wrist"}, "model set's name"),
        ({"look_for": " "}, "`look_for`"),
        ({"figure": "4"}, "`figure`"),
        ({"crop": {"top": 0}}, "`crop`"),
        ({"crop": CROP | {"rotate_degrees": 400}}, "180"),
        ({"this_model_set": "It says abnormal."}, "this_model_set"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, changes: dict[str, object], say: str) -> None:
    (tmp_path / "cases.json").write_text(json.dumps([entry(**changes)]))
    with pytest.raises(CaseError, match=r"cases\.json") as refused:
        read_cases(tmp_path)
    assert say in str(refused.value)


@pytest.mark.parametrize("content", ["{", "{}", "[1]", "[" * 100_000, "[" + " " * 300_000 + "]"])
def test_a_damaged_list_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "cases.json").write_text(content)
    with pytest.raises(CaseError, match=r"cases\.json"):
        read_cases(tmp_path)


def test_a_missing_entry_and_a_name_given_twice_are_refused(tmp_path: Path) -> None:
    lacking = entry()
    del lacking["look_for"]
    write_cases(tmp_path, lacking)
    with pytest.raises(CaseError, match="look_for"):
        read_cases(tmp_path)
    write_cases(tmp_path, entry(), entry("other"), entry())
    with pytest.raises(CaseError, match="'wrist-fracture' again"):
        read_cases(tmp_path)


def test_a_case_brings_its_truth(tmp_path: Path) -> None:
    write_cases(tmp_path, entry())
    radiograph, regions = read_case(tmp_path, *read_cases(tmp_path))
    assert (radiograph.rows, radiograph.columns) == regions.shape == (ROWS, COLUMNS)
    assert regions[Region.ABNORMALITY].sum() == 400


def test_a_case_without_a_file_or_with_regions_of_another_size_stays_closed(tmp_path: Path) -> None:
    write_cases(tmp_path, entry())
    (case,) = read_cases(tmp_path)
    write_regions(tmp_path / case.image / "regions.png", RegionMasks((8, 8), {Region.BONE: np.ones((8, 8), np.bool_)}))
    with pytest.raises(CaseError, match="120 x 80 px; received 8 x 8 px"):
        read_case(tmp_path, case)
    for name, say in (("regions.png", "regions"), ("image.png", "radiograph")):
        (tmp_path / case.image / name).unlink()
        with pytest.raises(CaseError, match=f"the {say} of the case 'Wrist fracture'") as refused:
            read_case(tmp_path, case)
        assert str(tmp_path) not in str(refused.value)


def test_a_crop_outside_the_radiograph_is_refused(tmp_path: Path) -> None:
    write_cases(tmp_path, entry(crop=CROP | {"height": 111}))
    with pytest.raises(CropOutsideError):
        read_case(tmp_path, *read_cases(tmp_path))
