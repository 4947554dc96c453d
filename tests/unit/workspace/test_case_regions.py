"""Regions of a case: found once, drawn boxes that come and go, and an editor whose message is refused."""

from __future__ import annotations

import json

import pytest

from densexplain.errors import RegionsError
from densexplain.phantom.samples import SAMPLES
from densexplain.radiograph.crop import Crop
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.settings import settings
from densexplain.vocabulary import Region
from densexplain.workspace.case_regions import CaseRegions

BOX = DrawnBox(Region.ABNORMALITY, Crop(300, 300, 200, 250))
OUTSIDE = DrawnBox(Region.HARDWARE, Crop(5000, 5000, 10, 10))


@pytest.fixture(scope="module")
def regions() -> CaseRegions:
    file = settings().assets / SAMPLES[1].file_name
    return CaseRegions(read_radiograph(file.read_bytes(), file.name))


def test_boxes_come_and_go_and_what_is_found_stays(regions: CaseRegions) -> None:
    found = regions.current((), inverted=False)
    assert "image frame" in [one.name for one in found.regions]
    drawn = regions.current((BOX, OUTSIDE), inverted=False)
    assert set(drawn.regions) - set(found.regions) == {drawn.regions[-1]}
    assert drawn.regions[-1].name == "marked region"
    # Asked again, nothing changes; a box that covers no pixel is no region.
    assert regions.current((BOX, OUTSIDE), inverted=False) is drawn
    assert regions.current((), inverted=False).regions == found.regions
    regions.undo()
    assert regions.edited is not None
    assert regions.edited.regions == drawn.regions


def test_a_refused_message_leaves_the_regions_one_revision_on(regions: CaseRegions) -> None:
    before = regions.current((), inverted=False)
    with pytest.raises(RegionsError):
        regions.apply_edit({"sequence": 9, "regions": [{"number": 99, "name": "a", "polygons": None}]})
    assert regions.edited is not None
    assert regions.edited.regions == before.regions
    assert (regions.edited.sequence, regions.edited.revision) == (9, before.revision + 1)


def test_a_file_takes_their_place_and_they_are_found_again(regions: CaseRegions) -> None:
    regions.use_file(json.dumps({"regions": [{"kind": "abnormality", "box": [100, 200, 300, 150]}]}).encode())
    assert regions.edited is not None
    assert [one.name for one in regions.edited.regions] == ["marked region"]
    with pytest.raises(RegionsError):
        regions.use_file(b"\xff")
    assert [one.name for one in regions.edited.regions] == ["marked region"]
    regions.find_again((), inverted=False)
    assert "image frame" in [one.name for one in regions.edited.regions]
    assert "marked region" not in [one.name for one in regions.edited.regions]
