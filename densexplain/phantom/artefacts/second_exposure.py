"""Two exposures on one film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from densexplain.phantom.artefacts.picture import Artefact, Picture
from densexplain.vocabulary import Region


@dataclass(frozen=True)
class SecondExposure(Artefact):
    """Another radiograph beside this one or below it.

    The film takes the shape that the two need; its longer side is as long as this
    radiograph's was, so both become smaller.

    Parameters
    ----------
    second
        The other radiograph.
    beside
        Whether side by side; else one above the other.
    first
        Whether the other one lies left or above.
    divider
        Width of the strip between them, by the film's longer side.
    level
        Brightness of the strip.
    """

    kind: ClassVar[str] = "second exposure"

    second: Picture
    beside: bool
    first: bool
    divider: float
    level: float

    def apply(self, picture: Picture) -> Picture:
        """Put both on one film."""
        one, other = picture.shape, self.second.shape
        across = 0 if self.beside else 1  # the axis in which both get the same size
        ratio = one[across] / other[across]
        length = one[1 - across] + ratio * other[1 - across]
        scale = max(one) / max(one[across], length)
        panels = [_reduced(picture, scale), _reduced(self.second, scale * ratio)]
        size = min(panel.shape[across] for panel in panels)  # rounding may differ by one
        strip = max(1, round(self.divider * max(one)))
        shape = (size, strip) if self.beside else (strip, size)
        between = Picture(np.full(shape, self.level), {Region.IMAGE_FRAME: np.ones(shape, np.bool_)})
        ordered = panels[::-1] if self.first else panels
        parts = [_cut(part, across, size) for part in (ordered[0], between, ordered[1])]
        axis = 1 - across
        masks = {
            region: np.concatenate([part.regions[region] for part in parts], axis)
            for region in Region
            if any(region in part.masks for part in parts)
        }
        return Picture(np.concatenate([part.pixels for part in parts], axis), masks)

    def record(self) -> dict[str, object]:
        """How the two lie; the other radiograph is recorded by its maker."""
        return {
            "artefact": self.kind,
            "beside": self.beside,
            "first": self.first,
            "divider": self.divider,
            "level": self.level,
        }


def draw_second_exposure(rng: np.random.Generator, second: Picture) -> SecondExposure:
    """Draw how two exposures lie: upright ones mostly side by side, wide ones above each other."""
    rows, columns = second.shape
    usual = rng.random() < 0.9
    return SecondExposure(
        second=second,
        beside=usual if rows >= columns else not usual,
        first=bool(rng.random() < 0.5),
        divider=rng.uniform(0.004, 0.035),
        level=rng.uniform(0.85, 1.0) if rng.random() < 0.6 else rng.uniform(0.0, 0.05),
    )


def _reduced(picture: Picture, scale: float) -> Picture:
    rows, columns = (max(1, round(scale * size)) for size in picture.shape)
    area = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels = np.asarray(cv2.resize(picture.pixels, (columns, rows), interpolation=area), np.float64)
    masks = {
        region: np.asarray(
            cv2.resize(mask.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST_EXACT), np.bool_
        )
        for region, mask in picture.masks.items()
    }
    return Picture(pixels, masks)


def _cut(picture: Picture, axis: int, size: int) -> Picture:
    window = np.s_[:size] if axis == 0 else np.s_[:, :size]
    return Picture(picture.pixels[window], {region: mask[window] for region, mask in picture.masks.items()})
