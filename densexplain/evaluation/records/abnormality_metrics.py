"""Figures by what there is to be found, where a data set knows: by kind of abnormality, severity and output class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SeverityMetrics:
    """Radiographs of one kind within a range of severities.

    Parameters
    ----------
    above, up_to
        The range, 0 (hardly visible) to 1 (plain); its lower end is not part of it.
    radiographs, found
        How many there are, and how many of them are said to be abnormal.
    """

    above: float
    up_to: float
    radiographs: int
    found: int


@dataclass(frozen=True)
class AbnormalityMetrics:
    """One kind of abnormality.

    Parameters
    ----------
    kind
        Its name; ``all`` for all kinds together.
    radiographs, found
        How many there are, and how many of them are said to be abnormal.
    low, high
        95 % interval of the sensitivity (Wilson), 0 to 1.
    auc
        Area under the ROC curve against the normal radiographs, 0 to 1.
    severities
        The same by severity; ranges without radiographs are left out.
    """

    kind: str
    radiographs: int
    found: int
    low: float
    high: float
    auc: float
    severities: tuple[SeverityMetrics, ...]


@dataclass(frozen=True)
class OutputClassMetrics:
    """One class of a head that has several, on the radiographs of which it is known.

    Parameters
    ----------
    name, threshold
        Of the class.
    radiographs, present
        How many radiographs, and in how many of them it is present.
    auc, sensitivity, specificity
        0 to 1; the last two at the threshold.
    """

    name: str
    threshold: float
    radiographs: int
    present: int
    auc: float
    sensitivity: float
    specificity: float
