"""One radiograph: its pixels and what a reader must know of their making.

Nothing here identifies a patient: only the fields named below ever leave the
decoder.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.vocabulary import FileFormat


@dataclass(frozen=True)
class DicomWindow:
    """The VOI window that a DICOM object requests and that its pixels were read through.

    Parameters
    ----------
    centre, width
        In values after the modality LUT (for most radiographs the stored ones).
    function
        ``LINEAR``, ``LINEAR_EXACT`` or ``SIGMOID``.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3.
    """

    centre: float
    width: float
    function: str = "LINEAR"


@dataclass(frozen=True)
class Acquisition:
    """What a file says about how the radiograph was made; None where it says nothing.

    Parameters
    ----------
    modality
        Such as ``"DX"`` or ``"CR"``.
    body_part
        Such as ``"KNEE"``.
    projection
        Such as ``"AP"`` (View Position).
    laterality
        ``"L"``, ``"R"``, ``"B"`` (both) or ``"U"`` (unpaired).
    pixel_spacing_mm
        Distance between rows and between columns, in mm.
    bits
        Bits that the file stores of each pixel value.
    transfer_syntax
        Name of the DICOM encoding.
    window
        The window applied in reading, if any.
    other_kind
        What the file shows where it is no radiograph, such as ``a CT image``.
    inverted
        Whether the values were inverted, so that dense is bright.
    """

    modality: str | None = None
    body_part: str | None = None
    projection: str | None = None
    laterality: str | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    bits: int = 8
    transfer_syntax: str | None = None
    window: DicomWindow | None = None
    other_kind: str | None = None
    inverted: bool = False


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One image, ready to be cropped, whatever file it came in.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1], bright = dense; made read-only.
    format
        What the file was.
    acquisition
        How the radiograph was made.
    sha256
        SHA-256 of the source bytes, 64 hexadecimal digits: it names the input in results.
    notes
        Sentences on what deviated from the standard or was converted.

    Raises
    ------
    ShapeError
        If `pixels` is not a two-dimensional float32 array.
    """

    pixels: NDArray[np.float32]
    format: FileFormat
    acquisition: Acquisition
    sha256: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype != np.float32:
            raise ShapeError(
                "`pixels` must be float32 of shape (rows, columns); "
                f"received {self.pixels.dtype} of shape {self.pixels.shape}"
            )
        self.pixels.flags.writeable = False

    def __reduce__(self) -> tuple[type[Radiograph], tuple[object, ...]]:
        """Pickle through the constructor, so that a copy is checked and read-only too."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    @property
    def rows(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """What a decoder hands over: `Radiograph` without what its parent process knows itself.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1], bright = dense.
    """

    pixels: NDArray[np.float32]
    acquisition: Acquisition
    notes: tuple[str, ...]
