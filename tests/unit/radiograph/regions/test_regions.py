from enum import StrEnum

import cv2
import numpy as np
import pytest

from densexplain.errors import DataSetError, ShapeError
from densexplain.radiograph.regions import regions
from densexplain.radiograph.regions.regions import RegionMasks, cell_share, packed, read_regions, write_regions
from densexplain.vocabulary import Region


def masks() -> RegionMasks:
    bone, legend = np.zeros((4, 6), bool), np.zeros((4, 6), bool)
    bone[:, :3] = True
    legend[0, 2:4] = True
    return RegionMasks((4, 6), {Region.BONE: bone, Region.TEXT_LEGEND: legend})


def test_what_is_written_is_read_again(tmp_path):
    write_regions(tmp_path / "image1.png", masks())
    again = read_regions(tmp_path / "image1.png")
    assert list(again) == [Region.BONE, Region.TEXT_LEGEND]
    assert all(np.array_equal(again[region], masks()[region]) for region in Region)


def test_an_absent_region_has_no_pixel_and_a_union_counts_each_once():
    assert Region.ABNORMALITY not in masks()
    assert not masks()[Region.ABNORMALITY].any()
    assert masks().union(Region.BONE, Region.TEXT_LEGEND).sum() == 13


def test_shares_are_areas():
    share = masks().shares(2, 2)
    assert share[Region.BONE].tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert share[Region.TEXT_LEGEND].ravel() == pytest.approx([1 / 6, 1 / 6, 0, 0])
    assert cell_share(masks()[Region.BONE], 8, 12).mean() == pytest.approx(0.5)


def test_a_mask_of_another_shape_or_type_is_refused():
    with pytest.raises(ShapeError, match=r"bone"):
        RegionMasks((4, 6), {Region.BONE: np.zeros((4, 5), bool)})
    with pytest.raises(ShapeError, match=r"float64"):
        RegionMasks((4, 6), {Region.BONE: np.zeros((4, 6))})


@pytest.mark.parametrize("content", [None, b"", b"no image", "colour"])
def test_what_holds_no_regions_is_refused(tmp_path, content):
    path = tmp_path / "image1.png"
    if content == "colour":
        cv2.imwrite(str(path), np.zeros((4, 4, 3), np.uint8))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(DataSetError, match=r"regions"):
        read_regions(path)


def _kinds(count: int) -> type[StrEnum]:
    return StrEnum("Kinds", [(f"KIND_{number}", f"kind {number}") for number in range(count)])


@pytest.mark.parametrize("count", [8, 9, 16])
def test_no_region_is_lost_whatever_their_number(tmp_path, monkeypatch, count):
    kinds = _kinds(count)
    monkeypatch.setattr(regions, "Region", kinds)
    diagonal = {kind: np.eye(count, dtype=bool)[number][:, None] for number, kind in enumerate(kinds)}
    diagonal[kinds.KIND_0] = np.ones((count, 1), bool)
    write_regions(tmp_path / "image1.png", RegionMasks((count, 1), diagonal))
    again = read_regions(tmp_path / "image1.png")
    assert list(again) == list(kinds)
    assert all(np.array_equal(again[kind], diagonal[kind]) for kind in kinds)
    # A file of fewer kinds stays readable when one has been added.
    monkeypatch.setattr(regions, "Region", _kinds(min(count + 1, 16)))
    assert len(list(read_regions(tmp_path / "image1.png"))) == count


def test_more_regions_than_bits_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(regions, "Region", _kinds(17))
    with pytest.raises(ShapeError, match="at most 16 kinds of regions in one image; received 17"):
        packed({}, (2, 2))


def test_a_bit_that_is_no_region_is_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "image1.png"), np.full((4, 4), 255, np.uint8))  # a mask drawn in white, say
    with pytest.raises(DataSetError, match="a bit for each of 7 kinds of regions"):
        read_regions(tmp_path / "image1.png")
