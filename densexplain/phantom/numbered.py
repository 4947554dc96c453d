"""Phantoms drawn one by one by their number, as many as one likes, for a run that never sees the same one twice.

A data set of phantoms has patients, studies and files. Here there is a row of
images without end: which one bears a number follows from the seed and the number
alone, so that any number of processes on any machine draw the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.data_set import drawn_abnormality
from densexplain.phantom.phantom import PhantomDescription, Seeds, make_phantom
from densexplain.radiograph.regions.regions import packed
from densexplain.vocabulary import Abnormality, ExtremityType, Projection

_ROW = 1_000_003
"""Keeps the numbers of a row apart from the patients of a data set with the same seed."""


@dataclass(frozen=True)
class PhantomRow:
    """A row of phantoms without end.

    Parameters
    ----------
    seed
        Same seed, same row.
    extremities
        Drawn with equal chances for each image.
    abnormal_share
        Of the images.
    rates
        How often each artefact occurs.
    """

    seed: int
    extremities: tuple[ExtremityType, ...] = tuple(ExtremityType)
    abnormal_share: float = 0.5
    rates: ArtefactRates = field(default_factory=ArtefactRates)

    def description(self, number: int, least_severity: float, size_px: int) -> PhantomDescription:
        """What is simulated for a number of the row.

        Parameters
        ----------
        number
            From 0 on.
        least_severity
            The severity is drawn evenly from there to 1, 0 to 1.
        size_px
            Longer edge of the image. Neither this nor the severity changes
            anything else about the phantom.
        """
        rng = np.random.default_rng([self.seed, _ROW, number])
        extremity = self.extremities[int(rng.integers(len(self.extremities)))]
        projection = list(Projection)[int(rng.integers(len(Projection)))]
        abnormal = rng.random() < self.abnormal_share
        abnormality = drawn_abnormality(rng, extremity)
        severity = least_severity + (1.0 - least_severity) * float(rng.random())
        patient, study, image = (int(seed) for seed in rng.integers(2**31, size=3))
        return PhantomDescription(
            extremity,
            projection,
            Seeds(patient, study, image),
            abnormality if abnormal else None,
            severity,
            size_px,
            rates=self.rates,
        )


@dataclass(frozen=True)
class DrawnPhantom:
    """A phantom as it travels between processes.

    Parameters
    ----------
    abnormality
        None of a normal one.
    grey
        Shape (rows, columns), uint8, grey levels in [0, 255], bright = dense unless it is inverted.
    regions
        Shape (rows, columns), uint8, one bit a region, in [0, 255], as
        `densexplain.radiograph.regions.regions.packed` packs masks.
    """

    abnormality: Abnormality | None
    grey: NDArray[np.uint8]
    regions: NDArray[np.uint8]

    @property
    def abnormal(self) -> bool:
        """Its label."""
        return self.abnormality is not None


def draw_phantom(description: PhantomDescription) -> DrawnPhantom:
    """Simulate one.

    Raises
    ------
    OptionError
        If severity or size lie outside their ranges.
    """
    cv2.setNumThreads(1)  # the processes are the threads
    phantom = make_phantom(description)
    regions = packed(phantom.regions.masks, phantom.regions.shape)
    return DrawnPhantom(description.abnormality, phantom.grey, regions)
