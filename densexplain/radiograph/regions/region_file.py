"""Regions in a file, drawn elsewhere or by an earlier audit.

Either the PNG of `densexplain.radiograph.regions.regions.write_regions`, or JSON::

    {"regions": [
        {"name": "fracture", "kind": "abnormality", "box": [TOP, LEFT, HEIGHT, WIDTH], "rotate_degrees": 12},
        {"name": "cast", "kind": null, "polygon": [[X, Y], [X, Y], [X, Y]]},
        {"name": "letters", "kind": "text legend", "polygons": [[...], [...]]}]}

All in pixels of the radiograph as it was read, x to the right and y down. A kind
is a member of `densexplain.vocabulary.Region`, ``abnormality`` where the reader sees
the abnormality. Polygons of one region are filled together by the even-odd rule:
one inside another is a hole. Other entries are passed over, so that the regions
of an audit's own record can be read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from densexplain import schema
from densexplain.errors import DataSetError, EntryError, OptionError, RegionOutsideError, RegionsError
from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.radiograph.regions.regions import Mask, read_regions
from densexplain.vocabulary import Region, RegionSource

_MOST_BYTES = 4 * 1024 * 1024
_MOST_REGIONS, _MOST_POINTS, _LONGEST_NAME = 100, 20_000, 80
_FARTHEST_PX = 1e9
_PNG = b"\x89PNG"

_Polygon = tuple[tuple[float, float], ...]


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
        value = schema.decode(content)
    except EntryError as error:
        raise RegionsError(f"expected regions as JSON or as an PNG of masks in {path}; {error}") from error
    return regions_from_json(value, rows, columns)


def regions_from_text(content: bytes, rows: int, columns: int) -> tuple[NamedRegion, ...]:
    """Make regions from JSON: a file of regions, or the record of an audit.

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
        value = schema.decode(content)
    except EntryError as error:
        raise RegionsError(f"expected a file of regions as JSON; {error}") from error
    audited = value.get("audit") if isinstance(value, Mapping) else None
    return regions_from_json(audited if isinstance(audited, Mapping) else value, rows, columns)


def regions_to_json(regions: Sequence[NamedRegion]) -> dict[str, Any]:
    """Convert regions to plain values that `regions_from_json` reads again."""
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
    """Make regions from the values of a file or a page.

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
        raise RegionsError(f"expected regions as JSON or as a grey PNG, a bit for each kind; {error}") from error
    if masks.shape != (rows, columns):
        raise RegionOutsideError(
            f"Regions must be of the radiograph's {rows} rows x {columns} columns; "
            f"received {masks.shape[0]} x {masks.shape[1]}."
        )
    return named_regions(masks, RegionSource.DRAWN)


@dataclass(frozen=True)
class _Entry:
    """Entry of one region; see the module docstring."""

    name: str | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    kind: Region | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    box: tuple[float, float, float, float] | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    rotate_degrees: float = field(default=0.0, metadata=schema.MAY_BE_MISSING)
    polygon: _Polygon | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    polygons: tuple[_Polygon, ...] | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    source: Any = field(default=None, metadata=schema.MAY_BE_MISSING)

    def __post_init__(self) -> None:
        if self.name is not None and not (self.name.strip() and len(self.name) <= _LONGEST_NAME):
            raise OptionError(f"expected `name` to be text of at most {_LONGEST_NAME} letters")
        if [self.box, self.polygon, self.polygons].count(None) != 2:
            raise OptionError("expected it to have one of `box`, `polygon` and `polygons`")
        if self.box is not None and (min(self.box[2:], default=0.0) <= 0 or max(map(abs, self.box)) > _FARTHEST_PX):
            raise OptionError("expected `box` to be top, left, height and width")
        if not all(1 <= len(polygon) <= _MOST_POINTS for polygon in self.outlines) or self.polygons == ():
            raise OptionError(f"expected a polygon to be a list of 1 to {_MOST_POINTS} points [x, y]")

    @property
    def outlines(self) -> tuple[_Polygon, ...]:
        """Polygons that are filled together; none of a box."""
        return self.polygons or (() if self.polygon is None else (self.polygon,))


def _region(value: object, number: int, rows: int, columns: int) -> NamedRegion:
    try:
        given = schema.read(dict[str, Any], value, f"region {number}")
        known = {key: given[key] for key in (item.name for item in fields(_Entry)) if key in given}
        entry = schema.read(_Entry, known, f"region {number}")
    except (EntryError, OptionError) as error:
        raise RegionsError(f"region {number} of the file cannot be used: {error}") from error
    name = entry.name or ("marked region" if entry.kind is Region.ABNORMALITY else f"region {number}")
    mask = (
        _filled(entry.outlines, name, rows, columns)
        if entry.box is None
        else _box(entry.box, entry.rotate_degrees, name, rows, columns)
    )
    if not mask.any():
        raise RegionOutsideError(f"The region {name!r} must cover at least one pixel; it covers none.")
    source = RegionSource.FOUND if entry.source == RegionSource.FOUND else RegionSource.DRAWN
    return NamedRegion(name, entry.kind, mask, source)


def _box(box: tuple[float, float, float, float], degrees: float, name: str, rows: int, columns: int) -> Mask:
    top, left, height, width = (round(side) for side in box)
    if top < 0 or left < 0 or top + height > rows or left + width > columns:
        raise RegionOutsideError(
            f"The region {name!r} must lie inside the radiograph of {rows} rows x {columns} columns; received rows "
            f"{top} to {top + height} and columns {left} to {left + width}."
        )
    try:
        return DrawnBox(Region.ABNORMALITY, Crop(top, left, height, width), degrees).mask(rows, columns)
    except OptionError as error:
        raise RegionsError(f"expected `rotate_degrees` of {name!r} to be in (-180, 180]; received {degrees}") from error


def _filled(polygons: Sequence[_Polygon], name: str, rows: int, columns: int) -> Mask:
    mask, outlines = np.zeros((rows, columns), np.uint8), []
    for polygon in polygons:
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
