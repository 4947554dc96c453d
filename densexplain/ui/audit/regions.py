"""Regions of the open case as an audit takes them: found, drawn on Explain, from a file, and as a reader left them.

They are kept with the case, in pixels of the radiograph as it was read, so a
crop or a turn on another page leaves them where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from densexplain.errors import DensexplainError
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.radiograph.regions.region_file import regions_from_text
from densexplain.ui import messages, state
from densexplain.ui.audit import region_editor
from densexplain.vocabulary import Region, RegionSource

_REGIONS, _PROBLEM = "audit regions", "audit regions problem"


@dataclass(frozen=True, eq=False)
class _Kept:
    """What is kept with a case.

    Parameters
    ----------
    edited
        The regions and what they were before.
    inverted
        Whether the radiograph was inverted when they were looked for.
    boxes
        What was drawn on Explain, with the region that each became.
    """

    edited: EditedRegions
    inverted: bool
    boxes: dict[DrawnBox, NamedRegion]


def of_case(case: state.Case) -> EditedRegions:
    """Regions of the open case; found at the first question, and again if it was inverted before anything was changed.

    Boxes that were drawn or forgotten on Explain since the last question come and go.
    """
    kept, inverted = _kept(), state.geometry().invert
    if kept is None or (kept.inverted != inverted and not kept.edited.edited):
        before = EditedRegions(case.radiograph.pixels.shape) if kept is None else kept.edited
        boxes = _regions_of(state.drawn_boxes(), case)
        kept = _Kept(before.started([*boxes.values(), *_found(case)]), inverted, boxes)
    elif state.drawn_boxes() != tuple(kept.boxes):
        boxes = _regions_of(state.drawn_boxes(), case) | kept.boxes
        boxes = {box: boxes[box] for box in state.drawn_boxes()}
        gone = [region.mask for box, region in kept.boxes.items() if box not in boxes]
        stay = [one for one in kept.edited.regions if not any(one.mask is mask for mask in gone)]
        come = [region for box, region in boxes.items() if box not in kept.boxes]
        kept = replace(kept, edited=kept.edited.replaced([*stay, *come]), boxes=boxes)
    state.keep(_REGIONS, kept)
    return kept.edited


def problem() -> str | None:
    """The sentence on what was refused last."""
    return cast("str | None", state.kept(_PROBLEM))


def take_edit() -> None:
    """Apply what the editor has sent."""
    kept, message = _of(region_editor.sent("edit"))
    if kept is None:
        return
    try:
        _change(kept, kept.edited.applied(message))
    except DensexplainError as error:
        sequence = message.get("sequence")
        known = sequence if isinstance(sequence, int) else kept.edited.sequence
        # One more revision, so that the editor takes back what was refused.
        refused = replace(kept.edited, sequence=known, revision=kept.edited.revision + 1)
        state.keep(_REGIONS, replace(kept, edited=refused))
        state.keep(_PROBLEM, messages.sentence(error))


def undo() -> None:
    """Go back to before the last change."""
    kept, _ = _of(region_editor.sent("undo"))
    if kept is not None:
        _change(kept, kept.edited.undone())


def find_again() -> None:
    """Discard the changes and find the regions again; this can be undone."""
    kept, _ = _of(region_editor.sent("find_again"))
    case = state.case()
    if kept is None or case is None:
        return
    boxes = _regions_of(state.drawn_boxes(), case)
    edited = kept.edited.replaced([*boxes.values(), *_found(case)])
    _change(replace(kept, inverted=state.geometry().invert, boxes=boxes), edited)


def take_file(content: bytes) -> None:
    """Put the regions of a file in the place of these; a file that is refused leaves them as they are."""
    kept, case = _kept(), state.case()
    if kept is None or case is None:
        return
    try:
        regions = regions_from_text(content, case.radiograph.rows, case.radiograph.columns)
        _change(kept, kept.edited.replaced(regions))
    except DensexplainError as error:
        state.keep(_PROBLEM, f"This region file was not used. {messages.sentence(error)}")


def case_key(case: state.Case) -> str:
    """What the editor's messages name the case by; a case that is opened again is another one."""
    return f"{case.radiograph.sha256[:16]}-{id(case):x}"


def _kept() -> _Kept | None:
    return cast("_Kept | None", state.kept(_REGIONS))


def _of(message: object) -> tuple[_Kept | None, dict[str, object]]:
    """What is kept, if a message is about it: one from before another case was opened is passed over."""
    case = state.case()
    if case is None or not isinstance(message, dict) or message.get("case") != case_key(case):
        return None, {}
    return _kept(), message


def _change(kept: _Kept, edited: EditedRegions) -> None:
    state.keep(_REGIONS, replace(kept, edited=edited))
    state.keep(_PROBLEM, None)


def _found(case: state.Case) -> tuple[NamedRegion, ...]:
    inverted = state.geometry().invert

    def find() -> tuple[NamedRegion, ...]:
        return named_regions(find_regions(case.radiograph.pixels, inverted=inverted))

    return state.remember(("found regions", case.radiograph.sha256, inverted), find)


def _regions_of(boxes: tuple[DrawnBox, ...], case: state.Case) -> dict[DrawnBox, NamedRegion]:
    rows, columns = case.radiograph.rows, case.radiograph.columns
    made = {}
    for box in boxes:
        name = "marked region" if box.region is Region.ABNORMALITY else str(box.region)
        mask = box.mask(rows, columns)
        if mask.any():
            made[box] = NamedRegion(name, box.region, mask, RegionSource.DRAWN)
    return made
