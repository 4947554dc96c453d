"""From bytes to a radiograph: the gate, then the guarded process.

Radiographs reach this program from anywhere, so what cannot be judged from a
few fixed bytes is decoded where it can do no harm.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from densexplain.radiograph.decoding import PRELOAD, decode
from densexplain.radiograph.gate import check_before_decoding
from densexplain.radiograph.guard import GuardedProcess, GuardLimits
from densexplain.radiograph.radiograph import Radiograph
from densexplain.settings import settings


def read_radiograph(data: bytes, name: str | None = None, frame: int | None = None) -> Radiograph:
    """Read a DICOM, PNG or JPEG file.

    PNG and JPEG values are divided by the largest value of their type. DICOM
    values pass the modality LUT and the first VOI LUT or window, are inverted if
    MONOCHROME1, and fill [0, 1]. Colour becomes luminance.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name; its suffix must not promise another format. Kept nowhere.
    frame
        Which image of a multi-frame DICOM object, from 1.

    Raises
    ------
    RadiographError
        One of its subclasses, with a sentence on what was expected and received.
    GuardError
        If this machine cannot start the process that decodes.
    """
    file_format = check_before_decoding(data, name)
    image = _decoder().run(decode, data, file_format, frame)
    return Radiograph(image.pixels, file_format, image.acquisition, hashlib.sha256(data).hexdigest(), image.notes)


def prestart() -> None:
    """Start the decoding process in the background, so that the first radiograph is read as fast as the next."""
    _decoder().prestart()


@lru_cache(maxsize=1)
def _decoder() -> GuardedProcess:
    limits = GuardLimits(settings().decoding_seconds, settings().decoding_memory_bytes, settings().decodings_per_child)
    return GuardedProcess(limits, preload=PRELOAD, task="Reading a radiograph")
