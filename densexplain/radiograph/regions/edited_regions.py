"""Regions that a reader edits: what an editor sends is applied, and every change can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from densexplain.errors import RegionsError
from densexplain.radiograph.regions.named_regions import NamedRegion, check_regions
from densexplain.radiograph.regions.region_file import regions_from_json
from densexplain.radiograph.regions.regions import Mask
from densexplain.vocabulary import RegionSource

_MOST_KEPT = 30  # earlier states; they share the masks that did not change

Entries = tuple[tuple[int, NamedRegion], ...]
"""Regions with the numbers by which an editor refers to them."""


@dataclass(frozen=True, eq=False)
class EditedRegions:
    """The regions of a radiograph as they are now, and as they were before each change; never changed in place.

    A region that was not edited keeps the mask that was found, and one that
    was moved keeps its shape, to the pixel; only one that was reshaped becomes
    what its outline encloses.

    Parameters
    ----------
    shape
        Rows and columns of the radiograph.
    entries
        As they are now.
    earlier
        As they were, the last change last.
    revision
        Counts the changes that did not come from an editor, so that it takes them over.
    sequence
        Number of the editor's last message that was taken in.
    """

    shape: tuple[int, int]
    entries: Entries = ()
    earlier: tuple[Entries, ...] = ()
    revision: int = 0
    sequence: int = 0

    @property
    def regions(self) -> tuple[NamedRegion, ...]:
        """As an audit takes them; the same objects as long as nothing changes."""
        return tuple(region for _, region in self.entries)

    @property
    def edited(self) -> bool:
        """Whether there is a change that can be undone."""
        return bool(self.earlier)

    def started(self, regions: Iterable[NamedRegion]) -> EditedRegions:
        """Start with some regions; nothing before them can be restored."""
        entries = tuple(enumerate(_with_names_of_their_own(regions), 1))
        return replace(self, entries=entries, earlier=(), revision=self.revision + 1)

    def replaced(self, regions: Iterable[NamedRegion]) -> EditedRegions:
        """Put other regions in the place of these, in one change; equal names are numbered.

        Raises
        ------
        RegionsError, ShapeError
            As `check_regions`.
        """
        named = _with_names_of_their_own(regions)
        check_regions(named, *self.shape)
        return replace(self._after(tuple(enumerate(named, 1))), revision=self.revision + 1)

    def undone(self) -> EditedRegions:
        """Go back to before the last change; nothing happens where there is none."""
        if not self.earlier:
            return self
        *earlier, last = self.earlier
        return replace(self, entries=last, earlier=tuple(earlier), revision=self.revision + 1)

    def applied(self, message: Any) -> EditedRegions:
        """Apply what an editor sends at the end of a gesture: all regions, with the shapes of those that changed.

        Parameters
        ----------
        message
            ``{"sequence": N, "regions": [{"number", "name", "kind", "polygons"}]}``, the polygons None where the
            shape stayed; as `densexplain.radiograph.regions.region_file` writes them. A region that is missing was
            deleted.

        Raises
        ------
        RegionsError
            If it is of another form, names a region twice, or refers to one that does not exist.
        RegionOutsideError
            If a region reaches beyond the radiograph.
        """
        sequence, sent = _parts(message)
        known, entries = dict(self.entries), []
        for one in sent:
            number, polygons = one.get("number"), one.get("polygons")
            if not isinstance(number, int) or isinstance(number, bool):
                raise RegionsError(f"expected a region of the editor to have a number; received {number!r}")
            entries.append((number, self._entry(one, known.get(number), polygons)))
        names = [region.name for _, region in entries]
        if len(set(names)) < len(names):
            raise RegionsError(f"expected every name of a region once; received {max(names, key=names.count)!r} again")
        if tuple(entries) == self.entries:
            return replace(self, sequence=sequence)
        return replace(self._after(tuple(entries)), sequence=sequence)

    def _entry(self, one: Mapping[str, Any], before: NamedRegion | None, polygons: Any) -> NamedRegion:
        if polygons is None:
            if before is None:
                raise RegionsError(f"expected a new region to have an outline; {one.get('name')!r} has none")
            if (one.get("name"), one.get("kind")) == (before.name, before.kind):
                return before
            # The shape stays as it is, whatever stands for it here.
            (named,) = regions_from_json({"regions": [_described(one, [[[0, 0]]])]}, *self.shape)
            return replace(before, name=named.name, kind=named.kind)
        (drawn,) = regions_from_json({"regions": [_described(one, polygons)]}, *self.shape)
        shift = None if before is None else _shift(before, polygons)
        if before is not None and shift is not None:
            drawn = replace(drawn, mask=_moved(before.mask, *shift))
        if before is not None and (drawn.name, drawn.kind) == (before.name, before.kind):
            return before if np.array_equal(drawn.mask, before.mask) else drawn
        return drawn

    def _after(self, entries: Entries) -> EditedRegions:
        return replace(self, entries=entries, earlier=(*self.earlier, self.entries)[-_MOST_KEPT:])


def _parts(message: Any) -> tuple[int, list[Mapping[str, Any]]]:
    sequence = message.get("sequence") if isinstance(message, Mapping) else None
    sent = message.get("regions") if isinstance(message, Mapping) else None
    if not isinstance(sequence, int) or not isinstance(sent, list) or not all(isinstance(one, Mapping) for one in sent):
        raise RegionsError("expected of the editor a sequence number and a list of regions")
    return sequence, sent


def _described(one: Mapping[str, Any], polygons: Any) -> dict[str, Any]:
    return {"name": one.get("name"), "kind": one.get("kind"), "polygons": polygons, "source": RegionSource.DRAWN.value}


def _shift(before: NamedRegion, polygons: Sequence[Sequence[Sequence[float]]]) -> tuple[int, int] | None:
    """Columns and rows by which outlines were moved; None where their shape is another."""
    outlines = before.outlines
    if [len(polygon) for polygon in polygons] != [len(outline) for outline in outlines]:
        return None
    shifts = np.rint(np.concatenate(polygons)).astype(int) - np.concatenate(outlines)
    return None if np.ptp(shifts, axis=0).any() else (int(shifts[0, 0]), int(shifts[0, 1]))


def _moved(mask: Mask, right: int, down: int) -> Mask:
    """The same shape elsewhere, to the pixel: filling its outline again would erode its edge with every move."""
    rows, columns = mask.shape
    moved = np.zeros_like(mask)
    moved[max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)] = mask[
        max(0, -down) : rows + min(0, -down), max(0, -right) : columns + min(0, -right)
    ]
    return moved


def _with_names_of_their_own(regions: Iterable[NamedRegion]) -> Sequence[NamedRegion]:
    named: list[NamedRegion] = []
    for region in regions:
        taken, name, count = {one.name for one in named}, region.name, 1
        while name in taken:
            count += 1
            name = f"{region.name} {count}"
        named.append(region if name == region.name else replace(region, name=name))
    return named
