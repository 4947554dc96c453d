"""What is found and what is not: by kind of abnormality, by severity, and by output class.

A data set of phantoms states of every abnormal radiograph what was simulated and
how plainly; for radiographs of patients there is no such table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from densexplain.classifier.heads import Head
from densexplain.classifier.probability import probability_of, threshold_logit
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.evaluation.metrics.labelled_predictions import labels_of
from densexplain.evaluation.metrics.share_interval import share_interval
from densexplain.evaluation.records.abnormality_metrics import AbnormalityMetrics, OutputClassMetrics, SeverityMetrics
from densexplain.evaluation.records.evaluation_report import ALL
from densexplain.phantom.truth import abnormality_if_known
from densexplain.vocabulary import Abnormality, Finding

SEVERITIES = (-1.0, 0.25, 0.5, 0.75, 0.995, 1.0)
"""Ends of the ranges of severity; the last holds what is as plain as a phantom can show it."""


@dataclass(frozen=True)
class KnownAbnormality:
    """What a data set knows of an abnormal radiograph: kind, and severity from 0 to 1."""

    kind: Abnormality
    severity: float


def known_abnormalities(truth: Path | None, items: Sequence[LabelledRadiograph]) -> tuple[KnownAbnormality | None, ...]:
    """Look up each radiograph; None of a normal one and where nothing is known.

    Parameters
    ----------
    truth
        Root of the data set that has truth; None where there is none.
    items
        Radiographs of that data set or of others.

    Raises
    ------
    DataSetError
        If a record is not one of a phantom.
    """
    if truth is None:
        return (None,) * len(items)
    found = (abnormality_if_known(truth, item) for item in items)
    return tuple(None if one is None else KnownAbnormality(*one) for one in found)


def abnormality_metrics(
    items: Sequence[LabelledRadiograph],
    known: Sequence[KnownAbnormality | None],
    logits: NDArray[np.floating],
    threshold: float,
) -> tuple[AbnormalityMetrics, ...]:
    """Sensitivity and AUC of every kind, and of all kinds together first.

    Parameters
    ----------
    items
        Radiographs.
    known
        From `known_abnormalities`.
    logits
        Shape (images,), float32 or float64, any value, of an abnormal finding.
    threshold
        Probability above which a radiograph is said to be abnormal, in (0, 1).

    Returns
    -------
    tuple of AbnormalityMetrics
        Kinds in the order of `Abnormality`; empty where no kind is known or no radiograph is normal.
    """
    found, normal = logits > threshold_logit(threshold), ~labels_of(tuple(items))
    if not any(known) or not normal.any():
        return ()
    severities = np.array([-1.0 if one is None else one.severity for one in known])
    kinds = [None if one is None else one.kind for one in known]
    chosen = {ALL: np.array([kind is not None for kind in kinds])}
    chosen |= {kind.value: np.array([one is kind for one in kinds]) for kind in Abnormality}
    metrics = []
    for name, mask in chosen.items():
        if not mask.any():
            continue
        radiographs, count = int(mask.sum()), int(found[mask].sum())
        low, high = share_interval(count, radiographs)
        auc = _auc(np.concatenate([logits[mask], logits[normal]]), radiographs)
        metrics.append(
            AbnormalityMetrics(name, radiographs, count, low, high, auc, _by_severity(severities[mask], found[mask]))
        )
    return tuple(metrics)


def class_labels(
    items: Sequence[LabelledRadiograph], known: Sequence[KnownAbnormality | None], name: str
) -> NDArray[np.float64]:
    """Whether a class is present in each radiograph: shape (images,), float64, 0 to 1 or NaN where not known."""
    labels = np.full(len(items), np.nan)
    for place, (item, one) in enumerate(zip(items, known, strict=True)):
        if name == Finding.ABNORMAL.value:
            labels[place] = item.finding is Finding.ABNORMAL
        elif item.finding is Finding.NORMAL:
            labels[place] = 0.0
        elif one is not None:
            labels[place] = one.kind.group.value == name
    return labels


def class_metrics(
    items: Sequence[LabelledRadiograph],
    known: Sequence[KnownAbnormality | None],
    log_odds: NDArray[np.floating],
    head: Head,
) -> tuple[OutputClassMetrics, ...]:
    """Figures of each class of a head that has several.

    Parameters
    ----------
    items, known
        As of `abnormality_metrics`.
    log_odds
        Shape (images, classes), float32 or float64, any value.
    head
        Classes and thresholds.

    Returns
    -------
    tuple of OutputClassMetrics
        In the order of the head; classes that are nowhere known to be both present and absent are left out. Empty for
        one class.
    """
    metrics = []
    for place, one in enumerate(head.classes if len(head.classes) > 1 else ()):
        labels = class_labels(items, known, one.name)
        certain = ~np.isnan(labels)
        present, odds = labels[certain] == 1, log_odds[certain, place]
        if not present.any() or present.all():
            continue
        said = odds > threshold_logit(one.threshold)
        metrics.append(
            OutputClassMetrics(
                one.name,
                one.threshold,
                len(present),
                int(present.sum()),
                float(roc_auc_score(present, odds)),
                float(said[present].mean()),
                float((~said[~present]).mean()),
            )
        )
    return tuple(metrics)


def best_threshold(labels: NDArray[np.float64], log_odds: NDArray[np.floating]) -> float | None:
    """Probability that separates present from absent best.

    Parameters
    ----------
    labels
        Shape (images,), float64, 0 to 1 or NaN where it is not known.
    log_odds
        Shape (images,), float32 or float64, any value.

    Returns
    -------
    float or None
        In (0, 1); half-way between the two log-odds that it lies between. None where either is missing.

    References
    ----------
    Youden, Index for rating diagnostic tests, Cancer 3 (1950): sensitivity and specificity added up.
    """
    certain = ~np.isnan(labels)
    present, odds = labels[certain] == 1, np.asarray(log_odds, np.float64)[certain]
    if not present.any() or present.all():
        return None
    values = np.unique(odds)
    cuts = (values[1:] + values[:-1]) / 2
    if not len(cuts):
        return None
    index = [(odds[present] > cut).mean() + (odds[~present] <= cut).mean() for cut in cuts]
    return probability_of(float(np.clip(cuts[int(np.argmax(index))], -15.0, 15.0)))  # within (0, 1)


def _auc(logits: NDArray[np.floating], abnormal: int) -> float:
    return float(roc_auc_score(np.arange(len(logits)) < abnormal, logits))


def _by_severity(severities: NDArray[np.float64], found: NDArray[np.bool_]) -> tuple[SeverityMetrics, ...]:
    metrics = []
    for above, up_to in pairwise(SEVERITIES):
        within = (severities > above) & (severities <= up_to)
        if within.any():
            metrics.append(SeverityMetrics(max(above, 0.0), up_to, int(within.sum()), int(found[within].sum())))
    return tuple(metrics)
