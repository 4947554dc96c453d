"""Regions from a file: boxes, polygons, masks; and what is refused."""

import json

import numpy as np
import pytest

from densexplain.errors import RegionOutsideError, RegionsError
from densexplain.radiograph.regions.named_regions import named_regions
from densexplain.radiograph.regions.region_file import (
    read_region_file,
    regions_from_json,
    regions_from_text,
    regions_to_json,
)
from densexplain.radiograph.regions.regions import RegionMasks, write_regions
from densexplain.vocabulary import Region, RegionSource

ROWS, COLUMNS = 60, 50


def read(*entries):
    return regions_from_json({"regions": list(entries)}, ROWS, COLUMNS)


def test_a_box_and_polygons():
    box, cast = read(
        {"kind": "abnormality", "box": [10, 5, 20, 30]},
        {"name": "cast", "polygons": [[[0, 0], [9, 0], [9, 4], [0, 4]], [[20, 20]]], "source": "found"},
    )
    assert (box.name, box.kind, box.source) == ("marked region", Region.ABNORMALITY, RegionSource.DRAWN)
    assert (box.mask.sum(), box.mask[10:30, 5:35].all()) == (600, True)
    assert (cast.name, cast.kind, cast.source, cast.mask.sum()) == ("cast", None, RegionSource.FOUND, 51)


def test_a_file_of_an_earlier_version_calls_the_abnormality_finding():
    (box,) = read({"kind": "finding", "box": [10, 5, 20, 30]})
    assert (box.name, box.kind) == ("marked region", Region.ABNORMALITY)
    assert regions_to_json((box,))["regions"][0]["kind"] == "abnormality"


def test_masks_as_png(tmp_path):
    legend = np.zeros((ROWS, COLUMNS), bool)
    legend[3:8, 3:8] = legend[40:45, 30:40] = True
    abnormality = np.zeros((ROWS, COLUMNS), bool)
    abnormality[20:30, 20:30] = True
    masks = RegionMasks(
        (ROWS, COLUMNS), {Region.TEXT_LEGEND: legend, Region.ABNORMALITY: abnormality, Region.MOVED: abnormality}
    )
    write_regions(tmp_path / "regions.png", masks)
    regions = read_region_file(tmp_path / "regions.png", ROWS, COLUMNS)
    assert [region.name for region in regions] == ["marked region", "text legend 1", "text legend 2"]
    assert [region.mask.sum() for region in regions] == [100, 25, 50]
    with pytest.raises(RegionOutsideError, match="60 x 50"):
        read_region_file(tmp_path / "regions.png", ROWS, COLUMNS + 1)


def test_outlines_fill_to_the_mask():
    mask = np.zeros((ROWS, COLUMNS), bool)
    mask[10:20, 5:30] = True
    (region,) = named_regions(RegionMasks((ROWS, COLUMNS), {Region.HARDWARE: mask}))
    assert region.outlines == (((5, 10), (5, 19), (29, 19), (29, 10)),)


OUTSIDE = {
    "box": {"box": [50, 0, 20, 10]},
    "box of another radiograph": {"box": [500, 400, 20, 10]},
    "polygon": {"polygon": [[0, 0], [50, 0], [10, 10]]},
    "negative": {"polygon": [[-1, 0], [5, 0], [10, 10]]},
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_the_radiograph(name):
    with pytest.raises(RegionOutsideError, match="60 rows x 50 columns"):
        read(OUTSIDE[name])


BAD = {
    "not an object": 3,
    "kind": {"kind": "shoe", "box": [1, 1, 2, 2]},
    "name": {"name": " ", "box": [1, 1, 2, 2]},
    "no shape": {"name": "a"},
    "two shapes": {"box": [1, 1, 2, 2], "polygon": [[1, 1]]},
    "box of three": {"box": [1, 1, 2]},
    "box without height": {"box": [1, 1, 0, 2]},
    "rotation": {"box": [1, 1, 2, 2], "rotate_degrees": 500},
    "text in a polygon": {"polygon": [["a", 1]]},
    "no polygon": {"polygons": []},
    "infinite": {"polygon": [[1e400, 1]]},
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name):
    with pytest.raises(RegionsError, match="expected"):
        read(BAD[name])


def test_files_that_are_refused(tmp_path):
    path = tmp_path / "regions.json"
    with pytest.raises(RegionsError, match="can be read"):
        read_region_file(path, ROWS, COLUMNS)
    for content in (b"{", b"[" * 100_000, b"\x89PNG", b"x" * (4 * 1024 * 1024 + 1), b"[]", b'{"regions": 1}'):
        path.write_bytes(content)
        with pytest.raises(RegionsError, match="expected"):
            read_region_file(path, ROWS, COLUMNS)
    twice = {"name": "a", "box": [1, 1, 2, 2]}
    path.write_text(json.dumps({"regions": [twice, twice]}))
    with pytest.raises(RegionsError, match="'a' again"):
        read_region_file(path, ROWS, COLUMNS)


def test_what_is_written_is_read_again_holes_and_all():
    frame = np.ones((ROWS, COLUMNS), bool)
    frame[8:50, 6:40] = False
    frame[20:25, 20:25] = True  # dirt inside
    (region,) = named_regions(RegionMasks((ROWS, COLUMNS), {Region.IMAGE_FRAME: frame}))
    written = regions_to_json([region])
    for content in (written, {"audit": written, "logit": 1.0}):
        (again,) = regions_from_text(json.dumps(content).encode(), ROWS, COLUMNS)
        assert (again.name, again.kind, again.source) == (region.name, region.kind, region.source)
        assert np.mean(again.mask != frame) < 0.01  # along its edge
        assert (again.mask[30, 20], again.mask[22, 22], again.mask[30, 2]) == (False, True, True)


@pytest.mark.parametrize("content", [b"\xff\x00", b"[" * 100_000, b"[1]", b"{}", b" " * (5 * 1024 * 1024)])
def test_text_that_is_no_file_of_regions(content):
    with pytest.raises(RegionsError):
        regions_from_text(content, ROWS, COLUMNS)
