"""A radiograph of the phantom with its true masks, and what an artefact does to both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.radiograph.regions.regions import Mask, RegionMasks, packed, unpacked
from densexplain.vocabulary import Region

Weight = NDArray[np.float32]
"""How much of each pixel is covered by something drawn, shape (rows, columns), float32, 0 to 1."""

_LEAST_WEIGHT = 1.0 / 256.0  # less is not seen in an 8-bit radiograph, and would only make the mask wide


@dataclass(frozen=True)
class Picture:
    """A radiograph on its way through artefacts.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float64 in [0, 1], bright = dense.
    masks
        For each region that is present its pixels, same shape.

    Raises
    ------
    ShapeError
        If the pixels have no rows and columns or a mask has another shape.
    """

    pixels: NDArray[np.float64]
    masks: Mapping[Region, Mask]

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2:
            raise ShapeError(f"`pixels` must be (rows, columns); received {self.pixels.shape}")
        RegionMasks(self.shape, self.masks)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def regions(self) -> RegionMasks:
        """The masks, to be written or measured."""
        return RegionMasks(self.shape, self.masks)

    def painted(self, weight: Weight, level: float, region: Region, top: int = 0, left: int = 0) -> Picture:
        """Paint one brightness over a part of the radiograph.

        Parameters
        ----------
        weight
            Cover of the part, which lies wholly inside; covers too faint to be seen are left out.
        level
            Brightness of what is painted.
        region
            Its mask grows by every pixel that is changed, and by one more all round.
        top, left
            Where the part begins.
        """
        rows, columns = weight.shape
        window = np.s_[top : top + rows, left : left + columns]
        cover = np.where(weight < _LEAST_WEIGHT, 0.0, weight.astype(np.float64))
        pixels = self.pixels.copy()
        pixels[window] += cover * (level - pixels[window])
        touched = np.zeros(self.shape, np.uint8)
        touched[window] = cover > 0
        return Picture(
            pixels, self.marked(region, np.asarray(cv2.dilate(touched, np.ones((3, 3), np.uint8)), np.bool_))
        )

    def marked(self, region: Region, mask: Mask) -> dict[Region, Mask]:
        """Masks of which one has grown by `mask`."""
        before = self.masks.get(region)
        return {**self.masks, region: mask if before is None else before | mask}

    def without(self, hidden: Mask) -> dict[Region, Mask]:
        """Masks without the pixels that can no longer be seen; a region that is wholly hidden is absent."""
        seen = ~hidden
        left = {region: mask & seen for region, mask in self.masks.items()}
        return {region: mask for region, mask in left.items() if mask.any()}

    def warped(self, forward: NDArray[np.float64], rows: int, columns: int) -> Picture:
        """Move the radiograph and all masks with it.

        Parameters
        ----------
        forward
            Matrix from (column, row, 1) to the new (column, row), shape (2, 3), float64,
            pixels. Pixel centres lie at whole numbers.
        rows, columns
            Size of the new radiograph. Where the old one does not reach, its edge goes on, and no mask.
        """
        scale = float(np.sqrt(abs(np.linalg.det(forward[:, :2]))))
        source = self.pixels.astype(np.float32)
        if scale < 0.75:  # else fine detail would turn into grain
            source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.45 / scale), np.float32)
        size = (columns, rows)
        pixels = cv2.warpAffine(source, forward, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        bits = packed(self.masks, self.shape)
        moved: Any = cv2.warpAffine(bits, forward, size, flags=cv2.INTER_NEAREST, borderValue=0)
        return Picture(np.asarray(pixels, np.float64), unpacked(moved))


@dataclass(frozen=True)
class Artefact(ABC):
    """One thing that a radiograph shows beside the patient.

    All that it does follows from its parameters, so a radiograph can be made again
    from what it records.
    """

    kind: ClassVar[str]

    @abstractmethod
    def apply(self, picture: Picture) -> Picture:
        """The radiograph with the artefact, and its masks."""

    def record(self) -> dict[str, object]:
        """What is kept of it beside the radiograph; goes into JSON as it is."""
        return {"artefact": self.kind, **asdict(self)}
