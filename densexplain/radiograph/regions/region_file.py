"""Regions that a reader keeps in a file, drawn elsewhere or by an earlier audit.

Either the 8-bit PNG of `densexplain.radiograph.regions.regions.write_regions`, or JSON::

    {"regions": [
        {"name": "fracture", "kind": "finding", "box": [TOP, LEFT, HEIGHT, WIDTH], "rotate_degrees": 12},
        {"name": "cast", "kind": null, "polygon": [[X, Y], [X, Y], [X, Y]]},
        {"name": "letters", "kind": "text legend", "polygons": [[...], [...]]}]}

All in pixels of the radiograph as it was read, x to the right and y down. A kind
is a member of `densexplain.vocabulary.Region`, ``finding`` where the reader sees
the abnormality. Polygons of one region are filled together by the even-odd rule:
one inside another is a hole. Other entries are passed over, so that the regions
of an audit's own record can be read again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from densexplain.errors import DataSetError, OptionError, RegionOutsideError, RegionsError
from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.radiograph.regions.regions import Mask, read_regions
from densexplain.vocabulary import Region, RegionSource

_MOST_BYTES = 4 * 1024 * 1024
_MOST_REGIONS, _MOST_POINTS, _LONGEST_NAME = 100, 20_000, 80
_PNG = b"\x89PNG"


def read_region_file(path: Path, rows: int, columns: int) -> tuple[NamedRegion, ...]:
    """Read regions of a radiograph of `rows` x `columns`.

    Raises
    ------
    RegionsError
        If the file cannot be read or is not one of the two kinds.
    RegionOutsideError
        If a region reaches beyond the radiograph, or is of another one's size.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise RegionsError(f"expected a file of regions that can be read; {path}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise RegionsError(f"expected a file of regions of at most {_MOST_BYTES} bytes; {path} has more")
    if content.startswith(_PNG):
        return _from_png(path, rows, columns)
    try:
        return regions_from_json(json.loads(content), rows, columns)
    except (ValueError, RecursionError) as error:
        raise RegionsError(f"expected regions as JSON or as an 8-bit PNG of masks in {path}") from error


def regions_from_text(content: bytes, rows: int, columns: int) -> tuple[NamedRegion, ...]:
    """Make regions of what a reader brings as JSON: a file of regions, or the record of an audit.

    Raises
    ------
    RegionsError
        If it is too long, no JSON or no file of regions.
    RegionOutsideError
        If a region reaches beyond the radiograph.
    """
    if len(content) > _MOST_BYTES:
        raise RegionsError(f"expected a file of regions of at most {_MOST_BYTES} bytes; received {len(content)}")
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RegionsError("expected a file of regions as JSON; this one is something else") from error
    audited = value.get("audit") if isinstance(value, Mapping) else None
    return regions_from_json(audited if isinstance(audited, Mapping) else value, rows, columns)


def regions_to_json(regions: Sequence[NamedRegion]) -> dict[str, Any]:
    """Put regions into plain values that `regions_from_json` reads again."""
    return {
        "regions": [
            {
                "name": region.name,
                "kind": None if region.kind is None else region.kind.value,
                "source": region.source.value,
                "polygons": [[list(point) for point in polygon] for polygon in region.outlines],
            }
            for region in regions
        ]
    }


def regions_from_json(value: Any, rows: int, columns: int) -> tuple[NamedRegion, ...]:
    """Make regions of what a file, or a page, says of them.

    Raises
    ------
    RegionsError
        If an entry is missing or of the wrong kind.
    RegionOutsideError
        If a region reaches beyond the radiograph.
    """
    entries = value.get("regions") if isinstance(value, Mapping) else None
    if not isinstance(entries, list) or len(entries) > _MOST_REGIONS:
        raise RegionsError(f"expected a JSON object with a list `regions` of at most {_MOST_REGIONS}")
    regions = tuple(_region(entry, number, rows, columns) for number, entry in enumerate(entries, 1))
    names = [region.name for region in regions]
    if len(set(names)) < len(names):
        raise RegionsError(f"expected every name of a region once; received {max(names, key=names.count)!r} again")
    return regions


def _from_png(path: Path, rows: int, columns: int) -> tuple[NamedRegion, ...]:
    try:
        masks = read_regions(path)
    except DataSetError as error:
        raise RegionsError(f"expected regions as JSON or as an 8-bit PNG of masks in {path}") from error
    if masks.shape != (rows, columns):
        raise RegionOutsideError(
            f"Regions must be of the radiograph's {rows} rows x {columns} columns; "
            f"received {masks.shape[0]} x {masks.shape[1]}."
        )
    return named_regions(masks, RegionSource.DRAWN)


def _region(entry: Any, number: int, rows: int, columns: int) -> NamedRegion:
    if not isinstance(entry, Mapping):
        raise RegionsError(f"expected region {number} to be a JSON object; received {str(entry)[:40]!r}")
    kind = _kind(entry.get("kind"), number)
    name = entry.get("name", "marked region" if kind is Region.FINDING else f"region {number}")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise RegionsError(f"expected `name` of region {number} to be text of at most {_LONGEST_NAME} letters")
    given = [key for key in ("box", "polygon", "polygons") if key in entry]
    if len(given) != 1:
        raise RegionsError(f"expected the region {name!r} to have one of `box`, `polygon` and `polygons`")
    mask = _SHAPES[given[0]](entry, name, rows, columns)
    if not mask.any():
        raise RegionOutsideError(f"The region {name!r} must cover at least one pixel; it covers none.")
    source = RegionSource.FOUND if entry.get("source") == RegionSource.FOUND else RegionSource.DRAWN
    return NamedRegion(name, kind, mask, source)


def _kind(value: Any, number: int) -> Region | None:
    if value is None:
        return None
    try:
        return Region(value)
    except ValueError as error:
        kinds = ", ".join(Region)
        raise RegionsError(
            f"expected `kind` of region {number} to be null or one of {kinds}; received {value!r}"
        ) from error


def _box(entry: Mapping[str, Any], name: str, rows: int, columns: int) -> Mask:
    box, degrees = entry["box"], entry.get("rotate_degrees", 0)
    if not _numbers(box, 4) or not _numbers([degrees], 1) or min(box[2:]) <= 0:
        raise RegionsError(
            f"expected `box` of {name!r} to be top, left, height and width, and `rotate_degrees` a number"
        )
    top, left, height, width = (round(side) for side in box)
    if top < 0 or left < 0 or top + height > rows or left + width > columns:
        raise RegionOutsideError(
            f"The region {name!r} must lie inside the radiograph of {rows} rows x {columns} columns; received rows "
            f"{top} to {top + height} and columns {left} to {left + width}."
        )
    try:
        return DrawnBox(Region.FINDING, Crop(top, left, height, width), float(degrees)).mask(rows, columns)
    except OptionError as error:
        raise RegionsError(f"expected `rotate_degrees` of {name!r} to be in (-180, 180]; received {degrees}") from error


def _polygon(entry: Mapping[str, Any], name: str, rows: int, columns: int) -> Mask:
    return _filled([entry["polygon"]], name, rows, columns)


def _polygons(entry: Mapping[str, Any], name: str, rows: int, columns: int) -> Mask:
    if not isinstance(entry["polygons"], list) or not entry["polygons"]:
        raise RegionsError(f"expected `polygons` of {name!r} to be a list of polygons")
    return _filled(entry["polygons"], name, rows, columns)


def _filled(polygons: list[Any], name: str, rows: int, columns: int) -> Mask:
    mask, outlines = np.zeros((rows, columns), np.uint8), []
    for polygon in polygons:
        right = isinstance(polygon, list) and 1 <= len(polygon) <= _MOST_POINTS
        if not right or not all(_numbers(point, 2) for point in polygon):
            raise RegionsError(f"expected a polygon of {name!r} to be a list of points [x, y]")
        points = np.rint(np.asarray(polygon, np.float64))
        low, high = points.min(axis=0), points.max(axis=0)
        if low.min() < 0 or high[0] > columns - 1 or high[1] > rows - 1:
            raise RegionOutsideError(
                f"The region {name!r} must lie inside the radiograph of {rows} rows x {columns} columns; received rows "
                f"{low[1]:g} to {high[1]:g} and columns {low[0]:g} to {high[0]:g}."
            )
        outlines.append(points.astype(np.int32))
    cv2.fillPoly(mask, outlines, 1)
    return np.asarray(mask, np.bool_)


def _numbers(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in value)
        and all(abs(one) < 1e9 for one in value)
    )


_SHAPES = {"box": _box, "polygon": _polygon, "polygons": _polygons}
