"""What the region editor is told, and that its script, style and markup belong together."""

import json
import re
from pathlib import Path

import numpy as np

from densexplain.radiograph.geometry import Geometry, whole_view
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.ui.audit import region_editor
from densexplain.vocabulary import Region, RegionSource

PIXELS = np.random.default_rng(2).random((60, 40)).astype(np.float32)


def test_the_data_is_json_and_complete():
    mask = np.zeros(PIXELS.shape, bool)
    mask[5:15, 10:30] = True
    edited = EditedRegions(PIXELS.shape).started([NamedRegion("cast", None, mask, RegionSource.FOUND)])
    view = whole_view(PIXELS, Geometry(rotate_degrees=90))
    data = json.loads(json.dumps(region_editor.editor_data("case", view, b"png", edited, [(0, 0), (9, 0), (9, 9)])))
    assert data["displayed"] == {"rows": 40, "columns": 60}
    assert data["radiograph"] == {"rows": 60, "columns": 40}
    assert data["image"].startswith("data:image/png;base64,")
    (region,) = data["regions"]
    assert (region["number"], region["name"], region["kind"]) == (1, "cast", None)
    assert sorted(map(tuple, region["polygons"][0])) == [(10, 5), (10, 14), (29, 5), (29, 14)]
    assert (data["revision"], data["sequence"], data["can_undo"]) == (edited.revision, 0, False)
    # The corner that a quarter turn to the left brings to the lower left.
    assert (np.array(data["matrix"]) @ (0, 0, 1)).tolist() == [0, 39]
    values = [kind["value"] for kind in data["kinds"]]
    assert set(values) == {*map(str, set(Region) - {Region.MOVED}), None}
    assert len({kind["colour"] for kind in data["kinds"]}) == len(values)


def test_every_part_that_the_script_looks_for_is_there():
    folder = Path(region_editor.__file__).parent
    script, markup = region_editor.script(), (folder / "region_editor.html").read_text(encoding="utf-8")
    sought = set(re.findall(r'find\("\.([a-z-]+)"\)', script))
    assert len(sought) > 8
    assert all(f'class="{name}"' in markup for name in sought)
    # Nothing from elsewhere, and nothing that reads names as markup.
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|\bimport\b|innerHTML|\beval\b", script)
