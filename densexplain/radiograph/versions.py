"""Versions of one radiograph, so that only the input changes: original, cropped, straightened, marker removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.regions.image_frame import ImageFrameCrop
from densexplain.radiograph.regions.regions import Mask
from densexplain.radiograph.regions.removal import paint_over
from densexplain.vocabulary import InputVersion, RegionSource

WHY_NOT = {
    InputVersion.CROPPED: "no image frame was found and no crop is chosen",
    InputVersion.STRAIGHTENED: "nothing is tilted: no tilted frame was found and no angle is chosen",
    InputVersion.MARKER_REMOVED: "no text legend was found and none is drawn",
}
"""What is missing where a version cannot be made."""


@dataclass(frozen=True, eq=False)
class RadiographVersion:
    """How one version is made; the radiograph itself is never changed.

    Parameters
    ----------
    version
        Which one.
    geometry
        Crop, rotation, flip and inversion.
    painted
        Pixels of the whole radiograph that are filled with what surrounds them,
        shape (rows, columns); None where none are.
    source
        How these pixels are known; None where none are filled.
    """

    version: InputVersion
    geometry: Geometry
    painted: Mask | None = None
    source: RegionSource | None = None

    @property
    def painted_px(self) -> int:
        """How many pixels are filled."""
        return 0 if self.painted is None else int(self.painted.sum())

    @property
    def key(self) -> tuple[Geometry, str]:
        """Equal for versions that are made alike."""
        return self.geometry, "" if self.painted is None else sha256(np.packbits(self.painted).tobytes()).hexdigest()

    def apply(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Make this version.

        Parameters
        ----------
        pixels
            The whole radiograph, shape (rows, columns), float32 in [0, 1].

        Returns
        -------
        numpy.ndarray
            Shape (height, width) of the crop as it is turned, float32 in [0, 1], a new array.

        Raises
        ------
        ShapeError
            If `pixels` is not two-dimensional.
        CropTooSmallError, CropOutsideError
            As `densexplain.radiograph.crop.check_crop`.
        """
        return apply_geometry(pixels if self.painted is None else paint_over(pixels, self.painted), self.geometry)


def radiograph_versions(
    chosen: Geometry,
    suggestion: ImageFrameCrop | None = None,
    marker: Mask | None = None,
    source: RegionSource = RegionSource.DRAWN,
) -> Mapping[InputVersion, RadiographVersion]:
    """Find the versions that can be made of a radiograph, in the order of `InputVersion`.

    Quarter turns, flip and inversion are the reader's in every version, so that
    each differs from the original by what its name says.

    Parameters
    ----------
    chosen
        The reader's geometry. Its crop and tilt come before those of `suggestion`.
    suggestion
        The exposed field inside an image frame, where one was found.
    marker
        Pixels of the text legend, shape (rows, columns); they are painted over on the whole radiograph.
    source
        How they are known.

    Returns
    -------
    mapping
        The original always; cropped where there is a crop; straightened, with
        the crop where there is one, where there is a tilt; marker removed where
        `marker` has a pixel.
    """
    original = chosen.whole
    crop = chosen.crop if chosen.crop is not None else None if suggestion is None else suggestion.crop
    tilt = chosen.tilt_degrees or (0.0 if suggestion is None else suggestion.rotate_degrees)
    found = [RadiographVersion(InputVersion.ORIGINAL, original)]
    if crop is not None:
        found.append(RadiographVersion(InputVersion.CROPPED, replace(original, crop=crop)))
    if tilt:
        # A flip comes after the turn, so the tilt is added before it.
        upright = replace(replace(original, flip=False).turned(tilt), crop=crop, flip=original.flip)
        found.append(RadiographVersion(InputVersion.STRAIGHTENED, upright))
    if marker is not None and marker.any():
        found.append(RadiographVersion(InputVersion.MARKER_REMOVED, original, marker, source))
    return {one.version: one for one in found}
