"""From bytes to a radiograph: the gate, then the guarded process.

Radiographs reach this program from anywhere, so what cannot be judged from a
few fixed bytes is decoded where it can do no harm.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from densexplain.radiograph.guard.decoding import PRELOAD, decode
from densexplain.radiograph.guard.guard import GuardedProcess, GuardLimits
from densexplain.radiograph.radiograph import DecodedImage, Radiograph
from densexplain.radiograph.reading.gate import check_before_decoding
from densexplain.radiograph.reading.study_facts import StudyFacts, decode_with_study_facts
from densexplain.settings import settings
from densexplain.vocabulary import FileFormat


def read_radiograph(data: bytes, name: str | None = None, frame_number: int | None = None) -> Radiograph:
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
    frame_number
        Which image of a multi-frame DICOM object, from 1.

    Raises
    ------
    RadiographError
        One of its subclasses, with a sentence on what was expected and received.
    GuardError
        If this machine cannot start the process that decodes.
    """
    file_format = check_before_decoding(data, name)
    return _radiograph(guarded_decoder().run(decode, data, file_format, frame_number), file_format, data)


def read_with_study_facts(
    data: bytes, name: str | None, salt: bytes, frame_number: int | None = None
) -> tuple[Radiograph, StudyFacts]:
    """Read a file as `read_radiograph` does, and find out which study and series it belongs to.

    Parameters
    ----------
    data, name, frame_number
        As `read_radiograph` takes them.
    salt
        As `decode_with_study_facts` takes it.

    Raises
    ------
    RadiographError, GuardError
        As `read_radiograph`.
    """
    file_format = check_before_decoding(data, name)
    image, facts = guarded_decoder().run(decode_with_study_facts, data, file_format, frame_number, salt)
    return _radiograph(image, file_format, data), facts


def _radiograph(image: DecodedImage, file_format: FileFormat, data: bytes) -> Radiograph:
    return Radiograph(image.pixels, file_format, image.acquisition, hashlib.sha256(data).hexdigest(), image.notes)


def prestart() -> None:
    """Start the decoding process in the background, so that the first radiograph is read as fast as the next."""
    guarded_decoder().prestart()


@lru_cache(maxsize=1)
def guarded_decoder() -> GuardedProcess:
    """The one process that files are given to; nothing is started before it is used."""
    limits = GuardLimits(settings().decoding_seconds, settings().decoding_memory_bytes, settings().decodings_per_child)
    return GuardedProcess(limits, preload=PRELOAD, task="Reading a radiograph")
