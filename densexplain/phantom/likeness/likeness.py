"""How like a real radiograph a phantom is: the same measures of both, in a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_multiotsu

from densexplain.errors import ConstantImageError, ShapeError
from densexplain.phantom.likeness.image_measures import Grey, grey_histogram, noise_level, spectrum_slope
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.regions.image_frame import find_image_frame
from densexplain.radiograph.regions.regions import Mask

_SOFT_PERCENT, _BONE_PERCENT = 40.0, 95.0


@dataclass(frozen=True, eq=False)
class Likeness:
    """Measures of one radiograph, its image frame cropped off and scaled to a given number of rows.

    Parameters
    ----------
    name
        Name of the file.
    air
        Median grey beside the limb; NaN if the limb fills the field.
    soft, bone
        40th and 95th percentile of grey inside the limb, which stand for soft
        tissue and dense bone where no masks separate them.
    noise
        `noise_level` inside the limb.
    slope
        `spectrum_slope` of the square of half the rows in the middle of the limb.
    histogram
        `grey_histogram` inside the limb, shape (bins,), float64, shares of the pixels.
    """

    name: str
    air: float
    soft: float
    bone: float
    noise: float
    slope: float
    histogram: NDArray[np.float64]

    @property
    def contrast(self) -> float:
        """Dense bone above soft tissue."""
        return self.bone - self.soft


def limb_mask(pixels: Grey) -> Mask:
    """Separate a limb from the air beside it.

    Otsu's method for three classes, on a slightly blurred radiograph: the lower
    threshold lies between air and soft tissue, the upper between soft tissue and
    bone. The least grey, of a cut-off field or frame, has no part in it. The
    largest connected part is the limb, so that side letters are left out.

    Raises
    ------
    ShapeError
        If `pixels` has no two dimensions.
    ConstantImageError
        If there are no three grey levels.

    References
    ----------
    Otsu, A threshold selection method from gray-level histograms, IEEE
    Transactions on Systems, Man, and Cybernetics 9 (1979).
    """
    if pixels.ndim != 2:
        raise ShapeError(f"`pixels` must have shape (rows, columns); received {pixels.shape}")
    smooth = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2.0), np.float64)
    exposed = _exposed(pixels)
    if len(np.unique(pixels[exposed])) < 3:
        raise ConstantImageError("Air, soft tissue and bone were expected; there are no three grey levels.")
    threshold = float(threshold_multiotsu(smooth[exposed], 3)[0])
    _, numbers, sizes, _ = cv2.connectedComponentsWithStats((smooth > threshold).astype(np.uint8))
    return np.asarray(numbers == 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA])), np.bool_)


def measure_likeness(name: str, pixels: Grey) -> Likeness:
    """Measure one radiograph without a frame; see `Likeness`.

    Raises
    ------
    ShapeError, ConstantImageError
        If there is no limb to measure.
    """
    limb = limb_mask(pixels)
    inside = pixels[limb]
    beside = pixels[~limb & _exposed(pixels)]
    soft, bone = np.percentile(inside, [_SOFT_PERCENT, _BONE_PERCENT])
    return Likeness(
        name,
        float(np.median(beside)) if beside.size else float("nan"),
        float(soft),
        float(bone),
        noise_level(pixels, limb),
        spectrum_slope(_middle(pixels, limb)),
        grey_histogram(inside),
    )


def likeness_table(files: Iterable[Path], rows: int = 512) -> list[Likeness]:
    """Measure radiographs, each read as the app reads it.

    Parameters
    ----------
    files
        DICOM, PNG or JPEG.
    rows
        Rows that each is scaled to once its image frame is cropped off, since noise
        and slope depend on the size of a pixel. Groups compare at equal rows
        only, and enlarged files have no fine detail.

    Raises
    ------
    RadiographError
        If a file is not read.
    OSError
        If it cannot be opened.
    """
    table = []
    for path in files:
        pixels = read_radiograph(path.read_bytes(), path.name).pixels
        frame = find_image_frame(pixels)
        if frame is not None:
            pixels = apply_geometry(pixels, Geometry(frame.crop, frame.rotate_degrees))
        columns = max(3, round(pixels.shape[1] * rows / pixels.shape[0]))
        way = cv2.INTER_AREA if rows < pixels.shape[0] else cv2.INTER_CUBIC
        scaled = np.clip(np.asarray(cv2.resize(pixels, (columns, rows), interpolation=way), np.float32), 0.0, 1.0)
        table.append(measure_likeness(path.name, scaled))
    return table


def _exposed(pixels: Grey) -> Mask:
    return np.asarray(pixels > pixels.min() + 1.0 / 255.0, np.bool_)


def _middle(pixels: Grey, limb: Mask) -> Grey:
    """Square of half the rows about the limb's centre of area, moved into the image."""
    half = pixels.shape[0] // 4
    tops = [
        int(np.clip(np.mean(places) - half, 0, max(0, size - 2 * half)))
        for places, size in zip(np.nonzero(limb), pixels.shape, strict=True)
    ]
    return pixels[tops[0] : tops[0] + 2 * half, tops[1] : tops[1] + 2 * half]
