"""Data sets laid out as MURA is: split / XR_EXTREMITY / patient / study_label / image, with MURA's lists or without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from densexplain.data_sets.mura_files import SplitFiles, Study, read_split_files
from densexplain.errors import DataSetError
from densexplain.vocabulary import Finding, Split


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


def read_data_set(
    folder: Path,
    split: Split,
    extremities: tuple[str, ...] = (),
    report: Callable[[str], None] | None = None,
) -> tuple[LabelledRadiograph, ...]:
    """List the labelled radiographs of one split, in a fixed order.

    Where the root holds MURA's own lists, ``train_image_paths.csv`` decides
    which images are used and ``train_labeled_studies.csv`` how they are
    labelled (and so for ``valid``); otherwise the folders decide.

    Parameters
    ----------
    folder
        The data set's root, which holds ``train`` and ``valid``.
    split
        Which of the two.
    extremities
        Names as in the folders without ``XR_``, any case ("wrist", "KNEE");
        empty means all.
    report
        Receives a line for listed images that are missing and one for images
        that are not listed, with their number; both are left out.

    Returns
    -------
    tuple of LabelledRadiograph
        Sorted by path, so that the same folder gives the same order anywhere.

    Raises
    ------
    DataSetError
        If the split is missing, holds no image of one of the chosen extremities,
        a list cannot be understood, or neither list nor folder labels a study.
    """
    files = read_split_files(folder, split)
    wanted = wanted_extremities(extremities)
    chosen = files.of(wanted)
    lacking = wanted - {study.extremity for study in chosen.used}
    if lacking or not chosen.used:
        others = ", ".join(sorted({study.extremity for study in files.used})) or "none"
        names = ", ".join(sorted(lacking)) or "any extremity"
        raise DataSetError(f"expected PNG or JPEG images of {names} in {files.root}; found {others}")
    if report is not None:
        _report_left_out(chosen, report)
    return tuple(
        LabelledRadiograph(files.path(study, name), split, study.extremity, study.patient, study.name, finding)
        for study, names in chosen.used.items()
        for finding in [_finding(files, study)]
        for name in names
    )


def wanted_extremities(names: tuple[str, ...]) -> set[str]:
    """Chosen extremity types as they are compared: capitals, without ``XR_``."""
    return {name.upper().removeprefix("XR_") for name in names}


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


def _finding(files: SplitFiles, study: Study) -> Finding:
    finding = files.finding(study)
    if finding is None:
        raise DataSetError(f"expected study folders named studyN_positive or studyN_negative; received {study.name}")
    return finding


def _report_left_out(files: SplitFiles, report: Callable[[str], None]) -> None:
    list_name = f"{files.root.name}_image_paths.csv"
    for paths, words in (
        (files.missing, f"listed in {list_name} but missing"),
        (files.unlisted, f"not listed in {list_name}"),
    ):
        if paths:
            report(f"left out: {len(paths)} images {words}, {paths[0]} among them")
