"""Which artefacts a radiograph has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import reduce

import numpy as np

from densexplain.errors import OptionError
from densexplain.phantom.artefacts.collimation import draw_collimation
from densexplain.phantom.artefacts.dirt import draw_dirt
from densexplain.phantom.artefacts.image_frame import draw_image_frame
from densexplain.phantom.artefacts.inversion import Inversion
from densexplain.phantom.artefacts.lead_marker import draw_lead_marker
from densexplain.phantom.artefacts.picture import Artefact, Picture
from densexplain.phantom.artefacts.second_exposure import draw_second_exposure
from densexplain.phantom.artefacts.text_legend import Corner, TextLegend, draw_text_legend, shortcut_legend

_LEAD = 0.5  # of the radiographs with a legend
_LEAD_AND_TEXT = 0.2  # of those with a lead marker


@dataclass(frozen=True)
class ArtefactRates:
    """How often each artefact is there, 0 to 1; the defaults are guesses at a collection like MURA.

    Parameters
    ----------
    legend
        A text legend, a lead marker or both.
    image_frame, collimation, inversion, second_exposure, dirt
        Each of the others.

    Raises
    ------
    OptionError
        If a rate lies outside 0 to 1.
    """

    legend: float = 0.6
    image_frame: float = 0.15
    collimation: float = 0.35
    inversion: float = 0.03
    second_exposure: float = 0.04
    dirt: float = 0.2

    def __post_init__(self) -> None:
        for name, rate in asdict(self).items():
            if not 0.0 <= rate <= 1.0:
                raise OptionError(f"`{name}` must lie between 0 and 1; received {rate}")


def draw_artefacts(
    rng: np.random.Generator,
    rates: ArtefactRates,
    legend: bool | None = None,
    second: Callable[[], Picture] | None = None,
) -> tuple[Artefact, ...]:
    """Draw the artefacts of one radiograph, in the order in which they come about.

    Each has random numbers of its own, so that with or without a legend the
    others are the same.

    Parameters
    ----------
    rng
        Its children are used up, no number of its own.
    rates
        How often each is there.
    legend
        True plants the legend of `shortcut_legend` and no other; False leaves the
        radiograph without text legend and lead marker; None goes by the rates.
    second
        Makes the other radiograph of a film with two; None if there is never one.
        It is only called when needed. Its legends are its maker's affair.
    """
    marked, exposed, doubled, dirty, framed, inverted = rng.spawn(6)
    field = draw_collimation(exposed) if exposed.random() < rates.collimation else None
    drawn = marked.random() < rates.legend and legend is None
    lead = drawn and marked.random() < _LEAD
    artefacts: list[Artefact] = []
    if lead:
        artefacts.append(draw_lead_marker(marked, field))
    if field:
        artefacts.append(field)
    if second and doubled.random() < rates.second_exposure:
        artefacts.append(draw_second_exposure(doubled, second()))
    if dirty.random() < rates.dirt:
        artefacts.append(draw_dirt(dirty))
    if legend:
        artefacts.append(shortcut_legend(marked))
    elif drawn and (not lead or marked.random() < _LEAD_AND_TEXT):
        artefacts += _text_legends(marked)
    if framed.random() < rates.image_frame:
        artefacts.append(draw_image_frame(framed))
    if inverted.random() < rates.inversion:
        artefacts.append(Inversion())
    return tuple(artefacts)


def apply_artefacts(picture: Picture, artefacts: Iterable[Artefact]) -> Picture:
    """Apply artefacts one after the other."""
    return reduce(lambda before, artefact: artefact.apply(before), artefacts, picture)


def _text_legends(rng: np.random.Generator) -> list[TextLegend]:
    """One, or two in different places."""
    count = 1 + int(rng.random() < 0.3)
    corners = rng.permutation(len(Corner))[:count]
    return [draw_text_legend(rng, list(Corner)[int(number)]) for number in corners]
