"""The sample radiographs that come with the app, and how they are made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.files import check_writable, write_atomically
from densexplain.phantom.printed_image_frame import print_in_image_frame
from densexplain.phantom.skeleton.knee import KneeDescription, draw_knee


@dataclass(frozen=True)
class Sample:
    """One synthetic radiograph a newcomer can open.

    Parameters
    ----------
    key
        Short name, which never changes.
    title, description
        Shown to the reader; the title contains the word synthetic.
    file_name
        In ``settings().assets``.
    """

    key: str
    title: str
    description: str
    file_name: str


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "knee",
        "Synthetic knee",
        "A computed frontal right knee with an even joint space; no patient was imaged.",
        "synthetic-knee.png",
    ),
    Sample(
        "knee-in-frame",
        "Synthetic knee in an image frame",
        "A computed frontal right knee with a narrowed medial joint space and bony spurs, a side letter, and a tilted "
        "image frame with a text legend; no patient was imaged.",
        "synthetic-knee-in-frame.png",
    ),
)
"""The app opens on the first."""

STUDY_FILE = "synthetic-wrist-study.zip"
"""The sample study, in ``settings().assets``; `densexplain.phantom.sample_study` makes it."""


def draw_sample(key: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Draw a sample; the same on every call.

    Parameters
    ----------
    key
        Key of one of `SAMPLES`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), uint16 (0 to 65520, 12 bits in use) or uint8 (0 to 255), bright = dense.

    Raises
    ------
    KeyError
        If there is no such sample.
    """
    return _DRAWINGS[key]()


def write_samples(folder: Path) -> tuple[Path, ...]:
    """Draw all samples and write them as PNG into `folder`, which must exist.

    Raises
    ------
    OSError
        If `folder` cannot be written to.
    """
    check_writable(folder, make=False)
    paths = []
    for sample in SAMPLES:
        path = folder / sample.file_name
        encoded = cv2.imencode(".png", draw_sample(sample.key), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
        write_atomically(path, encoded.tobytes())
        paths.append(path)
    return tuple(paths)


def _draw_knee() -> NDArray[np.uint16]:
    pixels = draw_knee(KneeDescription(seed=1))
    return np.asarray(np.round(pixels * 4095).astype(np.uint16) << 4, np.uint16)  # 12 bits, as detectors have


def _draw_knee_in_frame() -> NDArray[np.uint8]:
    knee = KneeDescription(narrowing=0.72, osteophytes=1.0, sclerosis=0.8, side_letter=True, seed=2)
    legend = ("SYNTHETIC PHANTOM   NO PATIENT", "KNEE AP   60 kV   5 mAs")
    framed = print_in_image_frame(draw_knee(knee), tilt_degrees=4.0, legend=legend, rows=1160, columns=980)
    return np.asarray(np.round(framed * 255), np.uint8)


_DRAWINGS: dict[str, Callable[[], NDArray[np.uint8] | NDArray[np.uint16]]] = {
    "knee": _draw_knee,
    "knee-in-frame": _draw_knee_in_frame,
}
