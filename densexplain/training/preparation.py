"""From a radiograph's pixels to a training input, and from its masks to what the cells of the input hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.preprocessing import InputSpecification, normalise, pad_to_square, resize_to_fit
from densexplain.radiograph.regions.regions import Mask
from densexplain.training.augmentation import Augmentation, Variation
from densexplain.training.regions.region_targets import UNKNOWN, Targets, blank_targets, cell_targets, supervised
from densexplain.vocabulary import Region

_LEAST_ROWS = 32
_UNCHANGED = Variation(mirrored=False, degrees=0.0, scale=1.0, exponent=1.0)


@dataclass(frozen=True)
class Preparation:
    """`densexplain.radiograph.preprocessing.prepare`, with the variation on the small image in between.

    Parameters
    ----------
    specification
        How a radiograph becomes a network input.
    augmentation
        How it is varied before; None leaves it as it is.
    band
        Share of the rows that is kept; see `densexplain.training.recipe.GrowthStep`.
    """

    specification: InputSpecification
    augmentation: Augmentation | None = None
    band: float = 1.0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of an input."""
        size_px = self.specification.size_px
        return min(size_px, max(_LEAST_ROWS, round(size_px * self.band))), size_px

    def apply(self, out: NDArray[np.float32], pixels: NDArray[np.float32], draw: np.random.Generator) -> Place:
        """Scale, vary and normalise one radiograph.

        Parameters
        ----------
        out
            Where the input goes, shape (rows, columns, 3), float32, in standard deviations.
        pixels
            Shape (rows, columns), float32 in [0, 1].
        draw
            Where the variation's randomness comes from.

        Returns
        -------
        Place
            What its masks go through to lie over the input.
        """
        variation, shift = _UNCHANGED, 0.5
        if self.augmentation is not None:
            variation = self.augmentation.drawn(draw)
            shift = draw.random()
        place = Place(self, variation, _top(self.specification.size_px - self.shape[0], shift))
        fitted = resize_to_fit(pixels, self.specification.size_px, self.specification.resize)
        normalise(place.within(variation.exposed(fitted)), self.specification, out)
        return place


@dataclass(frozen=True)
class Place:
    """Where the pixels of a radiograph have gone in its input."""

    preparation: Preparation
    variation: Variation
    top: int

    def within(self, fitted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move what has been scaled, and keep the rows of the band.

        Parameters
        ----------
        fitted
            Scaled pixels or coverage of a mask, shape (rows, columns), float32 in [0, 1].

        Returns
        -------
        numpy.ndarray
            Shape as the preparation's, (rows, columns), float32 in [0, 1].
        """
        square = pad_to_square(self.variation.moved(fitted), self.preparation.specification.size_px)
        return square[self.top : self.top + self.preparation.shape[0]]

    def targets(self, masks: Mapping[Region, Mask] | None) -> Targets:
        """What each cell of the input holds.

        Parameters
        ----------
        masks
            For each region of the radiograph its pixels, shape as the
            radiograph; None where nothing is known of them.
        """
        if masks is None:
            return blank_targets(UNKNOWN, *self.preparation.shape)
        specification = self.preparation.specification
        planes = {
            region: self.within(resize_to_fit(plane, specification.size_px, specification.resize))
            for region, plane in supervised(masks).items()
        }
        return cell_targets(planes, *self.preparation.shape)


def _top(left_out: int, shift: float) -> int:
    """First row of the band about the middle, moved by `shift` in [0, 1] (0.5 = not at all)."""
    return round(left_out / 2 + (2 * shift - 1) * left_out / 5)
