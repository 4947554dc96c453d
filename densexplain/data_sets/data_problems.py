"""What can be wrong with a data set, each with its own name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any


@unique
class ProblemKind(StrEnum):
    """Kinds of problems, the gravest first."""

    MISSING_SPLIT = "missing split"
    PATIENT_IN_TWO_SPLITS = "patient in two splits"
    DUPLICATE_ACROSS_SPLITS = "duplicate across splits"
    DUPLICATE_ACROSS_LABELS = "duplicate across labels"
    LABEL_CONTRADICTS_FOLDER = "label contradicts the folder"
    STUDY_WITHOUT_LABEL = "study without a label"
    UNREADABLE_IMAGE = "unreadable image"
    MISSING_IMAGE = "listed image missing"
    MISSING_STUDY = "labelled study missing"
    UNLISTED_IMAGE = "image not listed"
    STUDY_WITHOUT_IMAGES = "study without images"
    DUPLICATE = "duplicate"
    NOT_PNG_OR_JPEG = "neither PNG nor JPEG"
    MISPLACED = "outside the layout"

    @property
    def meaning(self) -> str:
        """What it does to a training run or to its figures."""
        return _MEANINGS[self]


_MEANINGS = {
    ProblemKind.MISSING_SPLIT: "training needs both",
    ProblemKind.PATIENT_IN_TWO_SPLITS: "figures on valid come out too good",
    ProblemKind.DUPLICATE_ACROSS_SPLITS: "the same bytes; figures on valid come out too good",
    ProblemKind.DUPLICATE_ACROSS_LABELS: "the same bytes as normal and as abnormal; one of the two is wrong",
    ProblemKind.LABEL_CONTRADICTS_FOLDER: "the list is used",
    ProblemKind.STUDY_WITHOUT_LABEL: "training refuses it",
    ProblemKind.UNREADABLE_IMAGE: "skipped and counted in training",
    ProblemKind.MISSING_IMAGE: "left out",
    ProblemKind.MISSING_STUDY: "left out",
    ProblemKind.UNLISTED_IMAGE: "left out",
    ProblemKind.STUDY_WITHOUT_IMAGES: "not counted",
    ProblemKind.DUPLICATE: "the same bytes more than once, in one split and under one label",
    ProblemKind.NOT_PNG_OR_JPEG: "passed over",
    ProblemKind.MISPLACED: "passed over",
}


@dataclass(frozen=True)
class Problem:
    """One problem of a data set.

    Parameters
    ----------
    kind
        Which.
    path
        File or folder, from the data set's root on.
    detail
        What is the matter, where the kind does not say all.
    also
        Further paths that belong to it: the other copies of a duplicate, a
        patient's folders in the other split.
    """

    kind: ProblemKind
    path: str
    detail: str = ""
    also: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The problem for JSON."""
        return {"kind": self.kind, "path": self.path, "detail": self.detail, "also": list(self.also)}
