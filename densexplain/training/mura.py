"""Data sets laid out as MURA is: split / XR_EXTREMITY / patient / study_label / image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from densexplain.errors import DataSetError
from densexplain.vocabulary import Finding, Split

_IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
_STUDY = re.compile(r"^study\d+_(positive|negative)$")
_LABELS = {"positive": Finding.ABNORMAL, "negative": Finding.NORMAL}


@dataclass(frozen=True, order=True)
class LabelledRadiograph:
    """One image of a data set and what is known of it."""

    path: Path
    split: Split
    extremity: str
    patient: str
    study: str
    finding: Finding

    @property
    def study_key(self) -> tuple[str, str, str, str]:
        """What the images of one study have in common: split, extremity, patient and study."""
        return (str(self.split), self.extremity, self.patient, self.study)


def read_data_set(folder: Path, split: Split, extremities: tuple[str, ...] = ()) -> tuple[LabelledRadiograph, ...]:
    """List the labelled radiographs of one split, in a fixed order.

    Parameters
    ----------
    folder
        The data set's root, which holds ``train`` and ``valid``.
    split
        Which of the two.
    extremities
        Names as in the folders without ``XR_``, any case ("wrist", "KNEE");
        empty means all.

    Returns
    -------
    tuple of LabelledRadiograph
        Sorted by path, so that the same folder gives the same order anywhere.

    Raises
    ------
    DataSetError
        If the split is missing, holds no image of the chosen extremities, or a
        study folder does not say positive or negative.
    """
    root = folder / split
    if not root.is_dir():
        raise DataSetError(f"expected a folder {split} with XR_... folders in {folder}; there is none")
    wanted = {name.upper().removeprefix("XR_") for name in extremities}
    found = [
        _label(path, split)
        for path in sorted(root.glob("XR_*/*/*/*"))
        if path.suffix.lower() in _IMAGE_SUFFIXES and not path.name.startswith(".")
    ]
    chosen = tuple(item for item in found if not wanted or item.extremity in wanted)
    if not chosen:
        names = ", ".join(sorted(wanted)) or "any extremity"
        raise DataSetError(f"expected PNG or JPEG images of {names} in {root}; found none")
    return chosen


def check_both_findings(items: tuple[LabelledRadiograph, ...]) -> None:
    """Refuse a list with one finding only: nothing can be learnt or measured on it.

    Raises
    ------
    DataSetError
        If normal or abnormal radiographs are missing.
    """
    findings = {item.finding for item in items}
    if len(findings) < 2:
        only = next(iter(findings)).value if findings else "no"
        raise DataSetError(f"expected normal and abnormal radiographs; found {only} ones alone")


def _label(path: Path, split: Split) -> LabelledRadiograph:
    study, patient, extremity = path.parts[-2], path.parts[-3], path.parts[-4]
    match = _STUDY.match(study)
    if match is None:
        raise DataSetError(f"expected study folders named studyN_positive or studyN_negative; received {study}")
    return LabelledRadiograph(path, split, extremity.removeprefix("XR_").upper(), patient, study, _LABELS[match[1]])
