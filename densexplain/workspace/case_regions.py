"""Regions of one radiograph as an audit takes them: found, drawn as boxes, from a file, and as a reader left them.

They are in pixels of the radiograph as it was read, so a crop or a turn leaves
them where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from densexplain.errors import DensexplainError
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.radiograph.regions.region_file import regions_from_text
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Region, RegionSource
from densexplain.workspace.memory import Memory

_BOTH_WAYS = 4  # as it is and inverted, each as masks and with names


class CaseRegions:
    """Regions that a reader edits; each change can be undone.

    Parameters
    ----------
    radiograph
        They are looked for in it, when they are first asked for.
    """

    def __init__(self, radiograph: Radiograph) -> None:
        self._radiograph = radiograph
        self._found = Memory(_BOTH_WAYS)
        self._edited: EditedRegions | None = None
        self._inverted = False
        self._boxes: dict[DrawnBox, NamedRegion] = {}
        self._seen: tuple[DrawnBox, ...] = ()  # with those that cover no pixel

    @property
    def edited(self) -> EditedRegions | None:
        """The regions as they were last asked for; None before that."""
        return self._edited

    @property
    def inverted(self) -> bool:
        """Whether the radiograph was inverted when they were looked for."""
        return self._inverted

    def found(self, inverted: bool) -> RegionMasks:
        """Regions found on the radiograph, as it is or inverted; searched once."""
        pixels = self._radiograph.pixels
        return self._found.remember(("masks", inverted), lambda: find_regions(pixels, inverted=inverted))

    def named(self, inverted: bool) -> tuple[NamedRegion, ...]:
        """The same, each with a name; the same objects every time."""
        return self._found.remember(("named", inverted), lambda: named_regions(self.found(inverted)))

    def current(self, boxes: tuple[DrawnBox, ...], inverted: bool) -> EditedRegions:
        """The regions; found at the first question, and again if it was inverted before anything was changed.

        Parameters
        ----------
        boxes
            Drawn by the reader; those that were drawn or forgotten since the last question come and go.
        inverted
            Whether the radiograph is seen inverted.
        """
        edited = self._edited
        if edited is None or (self._inverted != inverted and not edited.edited):
            before = EditedRegions(self._radiograph.pixels.shape) if edited is None else edited
            self._begin(before.started, boxes, inverted)
        elif boxes != self._seen:
            self._follow(edited, boxes)
        return self._edited or EditedRegions(self._radiograph.pixels.shape)

    def apply_edit(self, message: Mapping[str, Any]) -> None:
        """Apply what an editor has sent.

        Raises
        ------
        RegionsError
            If it cannot be taken in; the regions stay, one revision on, so that the editor takes back what was refused.
        """
        if self._edited is None:
            return
        try:
            self._edited = self._edited.applied(message)
        except DensexplainError:
            sequence = message.get("sequence")
            known = sequence if isinstance(sequence, int) else self._edited.sequence
            self._edited = replace(self._edited, sequence=known, revision=self._edited.revision + 1)
            raise

    def undo(self) -> None:
        """Go back to before the last change."""
        if self._edited is not None:
            self._edited = self._edited.undone()

    def find_again(self, boxes: tuple[DrawnBox, ...], inverted: bool) -> None:
        """Discard the changes and find the regions again; this can be undone."""
        if self._edited is not None:
            self._begin(self._edited.replaced, boxes, inverted)

    def use_file(self, content: bytes) -> None:
        """Replace these regions by those of a file.

        Raises
        ------
        RegionsError
            If the file is refused; the regions stay as they are.
        """
        if self._edited is not None:
            regions = regions_from_text(content, self._radiograph.rows, self._radiograph.columns)
            self._edited = self._edited.replaced(regions)

    def _begin(
        self, start: Callable[[Iterable[NamedRegion]], EditedRegions], boxes: tuple[DrawnBox, ...], inverted: bool
    ) -> None:
        drawn = self._regions_of(boxes)
        self._edited = start([*drawn.values(), *self.named(inverted)])
        self._inverted, self._boxes, self._seen = inverted, drawn, boxes

    def _follow(self, edited: EditedRegions, boxes: tuple[DrawnBox, ...]) -> None:
        drawn = self._regions_of(boxes) | self._boxes
        drawn = {box: drawn[box] for box in boxes if box in drawn}
        gone = [region.mask for box, region in self._boxes.items() if box not in drawn]
        stay = [one for one in edited.regions if not any(one.mask is mask for mask in gone)]
        come = [region for box, region in drawn.items() if box not in self._boxes]
        self._edited, self._boxes, self._seen = edited.replaced([*stay, *come]), drawn, boxes

    def _regions_of(self, boxes: tuple[DrawnBox, ...]) -> dict[DrawnBox, NamedRegion]:
        made = {}
        for box in boxes:
            name = "marked region" if box.region is Region.ABNORMALITY else str(box.region)
            mask = box.mask(self._radiograph.rows, self._radiograph.columns)
            if mask.any():
                made[box] = NamedRegion(name, box.region, mask, RegionSource.DRAWN)
        return made
