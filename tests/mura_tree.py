"""A tree of tiny images with the studies that the paper counts in MURA, images and patients included."""

import os
import struct
import zlib
from itertools import count

from densexplain.data_sets.mura_counts import MURA_STUDIES
from densexplain.vocabulary import Finding, Split

PATIENTS = {Split.TRAIN: 11_390, Split.VALID: 783}
"""12,173 in all, as in the paper."""

_WORDS = {Finding.ABNORMAL: "positive", Finding.NORMAL: "negative"}
_ONES = {Finding.ABNORMAL: 1, Finding.NORMAL: 0}


def tiny_png(number):
    """An image of 2 x 2 pixels, another one for each number below 2 ** 32."""
    pixels = struct.pack("!xHxH", number >> 16, number & 0xFFFF)  # each row starts with its filter
    parts = (
        (b"IHDR", struct.pack("!IIBBBBB", 2, 2, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(pixels, 1)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack("!I", len(part)) + kind + part + struct.pack("!I", zlib.crc32(kind + part)) for kind, part in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def write_mura(folder, images=14_656, name="MURA-v1.1"):
    """Write all 28 cells with `images` spread evenly over their studies, and MURA's four lists."""
    studies, written = list(_studies()), count()
    paths, labels = {split: [] for split in Split}, {split: [] for split in Split}
    for number, (split, study, finding) in enumerate(studies):
        os.makedirs(folder / study)
        labels[split].append(f"{name}/{study}/,{_ONES[finding]}\n")
        for image in range(1, 1 + (images * (number + 1) // len(studies) - images * number // len(studies))):
            path = f"{study}/image{image}.png"
            with open(folder / path, "wb") as file:
                file.write(tiny_png(next(written)))
            paths[split].append(f"{name}/{path}\n")
    for split in Split:
        (folder / f"{split}_image_paths.csv").write_text("".join(paths[split]))
        (folder / f"{split}_labeled_studies.csv").write_text("".join(labels[split]))


def _studies():
    """Split, path and finding of each; patients take turns, so some have several extremity types."""
    numbers = {split: count() for split in Split}
    for (extremity, split, finding), studies in MURA_STUDIES.items():
        for _ in range(studies):
            number = next(numbers[split])
            patient = number % PATIENTS[split] + (PATIENTS[Split.TRAIN] if split is Split.VALID else 0)
            visit = number // PATIENTS[split] + 1
            yield split, f"{split}/XR_{extremity}/patient{patient:05d}/study{visit}_{_WORDS[finding]}", finding
