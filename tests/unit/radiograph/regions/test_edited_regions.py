"""Regions under a reader's hands: what stays, what changes, and what can be had back."""

import numpy as np
import pytest

from densexplain.errors import RegionOutsideError, RegionsError
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.vocabulary import Region, RegionSource

SHAPE = (60, 50)
SQUARE = [[30, 30], [39, 30], [39, 39], [30, 39]]


def region(name: str, kind: Region | None, rows: slice, columns: slice) -> NamedRegion:
    mask = np.zeros(SHAPE, bool)
    mask[rows, columns] = True
    return NamedRegion(name, kind, mask, RegionSource.FOUND)


LEGEND = region("text legend", Region.TEXT_LEGEND, np.s_[2:8], np.s_[3:9])
BONE = region("exposed anatomy", Region.SOFT_TISSUE, np.s_[10:50], np.s_[10:40])


@pytest.fixture
def found() -> EditedRegions:
    return EditedRegions(SHAPE).started([LEGEND, BONE])


def sent(number, name="text legend", kind="text legend", polygons=None):
    return {"number": number, "name": name, "kind": kind, "polygons": polygons}


ANATOMY = sent(2, "exposed anatomy", "soft tissue")


def test_what_nobody_touched_keeps_its_mask(found):
    after = found.applied({"sequence": 1, "regions": [sent(1), ANATOMY]})
    assert after.regions[0] is LEGEND
    assert after.regions[1] is BONE
    assert not after.edited
    assert after.sequence == 1


def test_a_moved_region_is_the_readers_and_the_move_can_be_had_back(found):
    after = found.applied({"sequence": 1, "regions": [sent(1, polygons=[SQUARE]), ANATOMY]})
    moved = after.regions[0]
    assert (moved.name, moved.kind, moved.source) == ("text legend", Region.TEXT_LEGEND, RegionSource.DRAWN)
    assert moved.mask.sum() == 100
    assert moved.mask[30:40, 30:40].all()
    assert after.regions[1] is BONE
    assert after.revision == found.revision  # the editor knows it already
    back = after.undone()
    assert back.regions == found.regions
    assert back.revision == found.revision + 1
    assert not back.edited
    assert back.undone() is back


@pytest.mark.parametrize("shift", [(9, 12), (-3, 7), (4, -2), (0, 0)])
def test_a_moved_shape_is_the_same_to_the_pixel(shift):
    right, down = shift
    mask = np.zeros(SHAPE, bool)
    mask[10:30, 5:25] = np.random.default_rng(3).random((20, 20)) > 0.4
    letters = NamedRegion("letters", None, mask, RegionSource.FOUND)
    found = EditedRegions(SHAPE).started([letters])
    polygons = [[[x + right, y + down] for x, y in polygon] for polygon in letters.outlines]
    after = found.applied({"sequence": 1, "regions": [sent(1, "letters", None, polygons)]})
    assert np.array_equal(after.regions[0].mask, np.roll(mask, (down, right), (0, 1)))
    assert after.edited is (shift != (0, 0))


def test_the_same_shape_again_is_no_change(found):
    message = {"sequence": 1, "regions": [sent(1, polygons=[SQUARE]), ANATOMY]}
    once = found.applied(message)
    twice = once.applied({**message, "sequence": 2})
    assert twice.regions[0] is once.regions[0]
    assert len(twice.earlier) == 1
    assert twice.sequence == 2


def test_a_name_and_a_kind_leave_the_mask_as_it_was_found(found):
    after = found.applied({"sequence": 4, "regions": [sent(1, "plate", "hardware"), ANATOMY]})
    assert (after.regions[0].name, after.regions[0].kind) == ("plate", Region.HARDWARE)
    assert after.regions[0].mask is LEGEND.mask
    assert after.regions[0].source is RegionSource.FOUND


def test_adding_and_deleting(found):
    added = found.applied(
        {"sequence": 1, "regions": [sent(1), ANATOMY, sent(3, "cast", None, [SQUARE])]},
    )
    assert [one.name for one in added.regions] == ["text legend", "exposed anatomy", "cast"]
    assert added.regions[2].kind is None
    deleted = added.applied({"sequence": 2, "regions": [sent(3, "cast", None)]})
    assert [one.name for one in deleted.regions] == ["cast"]
    assert [one.name for one in deleted.undone().undone().regions] == ["text legend", "exposed anatomy"]


def test_a_hole_stays_a_hole(found):
    frame = np.ones(SHAPE, bool)
    frame[10:50, 10:40] = False
    framed = found.replaced([NamedRegion("image frame", Region.IMAGE_FRAME, frame, RegionSource.FOUND)])
    polygons = [[list(point) for point in polygon] for polygon in framed.regions[0].outlines]
    assert len(polygons) == 2
    after = framed.applied({"sequence": 1, "regions": [sent(1, "frame", "image frame", polygons)]})
    assert np.mean(after.regions[0].mask != frame) < 0.01  # along its edge
    assert not after.regions[0].mask[12:48, 12:38].any()


def test_equal_names_are_numbered_when_regions_are_put_in_place(found):
    twice = found.replaced([LEGEND, LEGEND, BONE, LEGEND])
    assert [one.name for one in twice.regions] == ["text legend", "text legend 2", "exposed anatomy", "text legend 3"]
    assert twice.undone().regions == found.regions


BAD = {
    "nothing": None,
    "no list": {"sequence": 1, "regions": "all"},
    "no sequence": {"regions": []},
    "a number that is none": {"sequence": 1, "regions": [sent("1")]},
    "an unknown region without outline": {"sequence": 1, "regions": [sent(9)]},
    "a name twice": {"sequence": 1, "regions": [sent(1), sent(2)]},
    "a blank name": {"sequence": 1, "regions": [sent(1, " ")]},
    "an unknown kind": {"sequence": 1, "regions": [sent(1, kind="shoe")]},
}


@pytest.mark.parametrize("name", BAD)
def test_what_an_editor_must_not_send(found, name):
    with pytest.raises(RegionsError):
        found.applied(BAD[name])


def test_outside_the_radiograph(found):
    with pytest.raises(RegionOutsideError, match="60 rows x 50 columns"):
        found.applied({"sequence": 1, "regions": [sent(1, polygons=[[[0, 0], [50, 0], [5, 5]]])]})
    empty = NamedRegion("nothing", None, np.zeros(SHAPE, bool), RegionSource.DRAWN)
    with pytest.raises(RegionOutsideError, match="covers none"):
        found.replaced([empty])
