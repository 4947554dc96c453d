"""Counts in the paper that a data set is compared with.

References
----------
Ngan, d'Avila Garcez, Knapp, Appelboam and Reyes-Aldasoro, Making DenseNet
interpretable: a case study in clinical radiology, medRxiv 19013730 (2019).
"""

from __future__ import annotations

from densexplain.vocabulary import Finding, Split

Cell = tuple[str, Split, Finding]
"""Extremity type in capitals, split and finding: one cell of the paper's Table 2."""

_COLUMNS = (
    (Split.TRAIN, Finding.NORMAL),
    (Split.TRAIN, Finding.ABNORMAL),
    (Split.VALID, Finding.NORMAL),
    (Split.VALID, Finding.ABNORMAL),
)
_ROWS = {
    "ELBOW": (1094, 660, 92, 66),
    "FINGER": (1280, 655, 92, 83),
    "HAND": (1497, 521, 101, 66),
    "HUMERUS": (321, 271, 68, 67),
    "FOREARM": (590, 287, 69, 64),
    "SHOULDER": (1364, 1457, 99, 95),
    "WRIST": (2134, 1326, 140, 97),
}

MURA_STUDIES: dict[Cell, int] = {
    (extremity, split, finding): count
    for extremity, counts in _ROWS.items()
    for (split, finding), count in zip(_COLUMNS, counts, strict=True)
}
"""Studies of MURA in the paper's Table 2: 28 cells, 14,656 studies in all."""
