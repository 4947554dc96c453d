"""JPEG and JPEG 2000 for pydicom, by imagecodecs and OpenJPEG.

Pillow does not read JPEG of 12 bits or lossless JPEG, and both are common in CR
and DX. OpenJPEG is called directly, because the usual way through pylibjpeg runs
whichever of its plugins happens to be installed. The form is that of pydicom's
own decoder plugins.
"""

from __future__ import annotations

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import decode_pixel_data
from pydicom.pixels.common import PhotometricInterpretation
from pydicom.pixels.decoders.base import DecodeRunner

from densexplain.radiograph.reading.transfer_syntax import JPEG, JPEG_2000

_ALIKE = 2.0
"""Grey levels of 255 by which planes may differ on average after lossy compression."""

DECODER_DEPENDENCIES = {
    **dict.fromkeys(JPEG, ("imagecodecs",)),
    **dict.fromkeys(JPEG_2000, ("pylibjpeg-openjpeg",)),
}


def is_available(syntax: str) -> bool:
    """Whether this plugin reads `syntax`; pydicom asks."""
    return syntax in DECODER_DEPENDENCIES


def decode_jpeg(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one JPEG codestream (baseline, extended or lossless); pydicom calls this.

    Samples come back pixel by pixel, in 8 or 16 bits as the codestream has them,
    colours as RGB. Three planes that are alike are grey in RGB, whatever header or
    marker say; of any others an Adobe or JFIF marker says how colours are coded,
    and without one the DICOM header does.
    """
    if runner.samples_per_pixel == 3:
        values = _colours(source, "YBR" in runner.photometric_interpretation)
        runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
        runner.set_option("planar_configuration", 0)
    else:
        values = imagecodecs.jpeg8_decode(source)
    runner.set_option("bits_allocated", 8 * values.dtype.itemsize)
    return np.ascontiguousarray(values).tobytes()


def _colours(source: bytes, stated_ycbcr: bool) -> NDArray[np.generic]:
    planes = imagecodecs.jpeg8_decode(source, colorspace="RGB", outcolorspace="RGB")
    if _are_alike(planes):
        return np.asarray(planes)
    marked = b"JFIF\x00" in source[:64] or b"Adobe" in source[:4096]
    stated = "YCBCR" if stated_ycbcr else "RGB"
    return np.asarray(imagecodecs.jpeg8_decode(source, colorspace=None if marked else stated, outcolorspace="RGB"))


def _are_alike(planes: NDArray[np.generic]) -> bool:
    """Whether three planes hold one picture; in YCbCr the second and third of a grey one are flat."""
    first = planes[..., 0].astype(np.int16)
    differences = [float(np.mean(np.abs(planes[..., at].astype(np.int16) - first))) for at in (1, 2)]
    return max(differences) <= _ALIKE and float(first.std()) > _ALIKE


def decode_jpeg_2000(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one JPEG 2000 codestream; pydicom calls this and then corrects the sign."""
    if runner.photometric_interpretation in (PhotometricInterpretation.YBR_ICT, PhotometricInterpretation.YBR_RCT):
        runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)  # OpenJPEG undoes these two
    precision = runner.get_option("j2k_precision", runner.bits_stored)
    runner.set_option("bits_allocated", 8 if precision <= 8 else 16 if precision <= 16 else 32)
    return bytes(decode_pixel_data(source, version=2))
