"""Many files in one go: which are read, what is said of them, and which are refused and why."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError, RadiographError
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.contrast import LEAST_CONTRAST, contrast
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.reading.upload import FileToRead


@dataclass(frozen=True, eq=False)
class CheckedFile:
    """One file of a sweep.

    Parameters
    ----------
    name
        Of the file, as the caller knows it.
    seconds
        Taken to read it.
    radiograph
        What was read; None where it was refused.
    refusal, error
        Why it was refused, and the name of that kind of error; empty where it was not.
    """

    name: str
    seconds: float
    radiograph: Radiograph | None
    refusal: str = ""
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a record; of the header nothing that identifies a patient."""
        entry: dict[str, Any] = {"file": self.name, "seconds": round(self.seconds, 4)}
        if self.radiograph is None:
            return entry | {"read": False, "error": self.error, "refusal": self.refusal}
        read, acquisition = self.radiograph, self.radiograph.acquisition
        window = acquisition.window
        return entry | {
            "read": True,
            "format": read.format.value,
            "rows": read.rows,
            "columns": read.columns,
            "bits": acquisition.bits,
            "transfer_syntax": acquisition.transfer_syntax,
            "modality": acquisition.modality,
            "no_radiograph": acquisition.other_kind,
            "contrast": round(contrast(read.pixels), 4),
            "inverted": acquisition.inverted,
            "window": None if window is None else [window.centre, window.width, window.function],
            "notes": list(read.notes),
        }


def check_files(files: Sequence[FileToRead]) -> Iterator[CheckedFile]:
    """Read files one after the other; one that is refused is no reason to stop.

    Raises
    ------
    GuardError
        If this machine cannot start the process that decodes.
    """
    for file in files:
        start = time.perf_counter()
        try:
            content = file.content()
            radiograph = read_radiograph(content, file.name)
        except (RadiographError, OptionError) as error:
            yield CheckedFile(file.name, time.perf_counter() - start, None, str(error), type(error).__name__)
        else:
            yield CheckedFile(file.name, time.perf_counter() - start, radiograph)


def counted(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a sweep comes to: how many were read and refused, by which reasons, and how often each note was made.

    Parameters
    ----------
    entries
        As `CheckedFile.as_dict` gives them.
    """
    read = [entry for entry in entries if entry["read"]]
    seconds = sum(entry["seconds"] for entry in entries)
    return {
        "files": len(entries),
        "read": len(read),
        "refused": dict(Counter(entry["error"] for entry in entries if not entry["read"]).most_common()),
        "inverted": sum(entry["inverted"] for entry in read),
        "next_to_no_contrast": sum(entry["contrast"] < LEAST_CONTRAST for entry in read),
        "no_radiograph": dict(Counter(entry["no_radiograph"] for entry in read if entry["no_radiograph"])),
        "notes": dict(Counter(note for entry in read for note in entry["notes"]).most_common()),
        "files_a_second": round(len(entries) / seconds, 1) if seconds else None,
    }


def thumbnail_pixels(radiograph: Radiograph, most_px: int) -> NDArray[np.float32]:
    """Every so many-th pixel of a radiograph, shape (rows, columns) of at most `most_px` each, float32 in [0, 1]."""
    every = max(1, -(-max(radiograph.rows, radiograph.columns) // most_px))
    return np.ascontiguousarray(radiograph.pixels[::every, ::every])
