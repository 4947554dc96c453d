"""Fitting the linear probes of a model set's stages, and what they reach on other radiographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from densexplain.classifier.answers import stage_channels
from densexplain.classifier.engines.choice import local_classifier
from densexplain.classifier.model_sets.catalogue import check_folder
from densexplain.classifier.model_sets.manifest import (
    CARD_FILE,
    Manifest,
    ProbedStage,
    ProbesRecord,
    read_manifest,
    write_manifest,
)
from densexplain.classifier.model_sets.weights_file import read_weights
from densexplain.classifier.probability import calibrated_probabilities
from densexplain.data_sets.mura import LabelledRadiograph, check_both_findings
from densexplain.data_sets.readable import readable_items
from densexplain.errors import DataSetError
from densexplain.evaluation.by_abnormality import KnownAbnormality, known_abnormalities
from densexplain.evaluation.card_section import with_section
from densexplain.evaluation.metrics.labelled_predictions import labels_of
from densexplain.explain.probes import Probes, probe_features
from densexplain.explain.probes_file import PROBES_FILE, encode_probes
from densexplain.files import write_atomically
from densexplain.progress import Report
from densexplain.training.familiarity_fit import pool_radiographs
from densexplain.vocabulary import Abnormality

PROBES_HEADING = "## Where the finding is decided"

MOST_IMAGES = 2000
"""Training radiographs that are looked at; more change the probes' figures by less than their intervals."""

_STRENGTHS = np.logspace(-5, 1, 7)
"""Inverse strengths of the L2 penalty that are tried, by the loss on radiographs of patients left out."""

_FOLDS = 4
_LEAST_SCALE = 0.1


@dataclass(frozen=True)
class ProbeData:
    """Radiographs for the probes.

    Parameters
    ----------
    train
        To fit on: those that the network was trained on, or like them.
    measured
        To measure on.
    truth
        Root of a data set that knows the abnormalities of those that are its own; None where there is none.
    """

    train: tuple[LabelledRadiograph, ...]
    measured: tuple[LabelledRadiograph, ...]
    truth: Path | None = None


def fit_probes(folder: Path, data: ProbeData, report: Report) -> ProbesRecord:
    """Fit a probe for each stage of a model set; file, manifest and card are written.

    A kill in between leaves the model set as one without probes.

    Parameters
    ----------
    folder
        Folder of the model set.
    data
        Radiographs; those that cannot be read are reported and left out. Of more
        than `MOST_IMAGES` to fit on, so many are taken, evenly.
    report
        Receives lines of progress.

    Returns
    -------
    ProbesRecord
        As it now stands in the manifest.

    Raises
    ------
    DataSetError
        If normal or abnormal radiographs are missing on either side, or those to
        fit on are of too few patients.
    ModelSetError
        If the model set cannot be used.
    OSError
        If it cannot be written.
    """
    manifest = read_manifest(folder)
    check_folder(folder, manifest)
    train, _ = readable_items(_evenly(data.train, MOST_IMAGES), report)
    measured, _ = readable_items(data.measured, report)
    for items in (train, measured):
        check_both_findings(items)
    _check_patients(train)
    classifier = local_classifier(manifest.network, read_weights(folder, manifest))
    report(f"probing the stages on {len(train)} radiographs, measuring on {len(measured)}")
    means = [
        pool_radiographs(classifier, items, manifest.specification, report, lambda answer: answer.stage_means)
        for items in (train, measured)
    ]
    probes = fitted_probes(means[0], train, stage_channels(manifest.architecture))
    names = [stage.name for stage in classifier.stages]
    logits = probes.logits(means[1])
    known = known_abnormalities(data.truth, measured)
    stages = tuple(_measured(name, logits[:, at], measured, known) for at, name in enumerate(names))
    content = encode_probes(probes)
    record = ProbesRecord(sha256(content).hexdigest(), len(content), len(train), len(measured), stages)
    _write(folder, manifest, record, content)
    return record


def fitted_probes(
    stage_means: NDArray[np.float32], items: Sequence[LabelledRadiograph], channels: Sequence[int]
) -> Probes:
    """Fit logistic regressions with an L2 penalty, whose strength is chosen by leaving patients out.

    Parameters
    ----------
    stage_means
        Shape (images, channels of all stages), float32, >= 0.
    items
        The radiographs, of as many patients as there are parts to leave out.
    channels
        Of each stage.
    """
    labels, patients = labels_of(tuple(items)), [f"{item.extremity}/{item.patient}" for item in items]
    folds = list(GroupKFold(_FOLDS, shuffle=True, random_state=0).split(labels, labels, patients))
    weights, biases = [], []
    for part in np.split(probe_features(stage_means), np.cumsum(channels)[:-1], axis=1):
        mean, scale = part.mean(axis=0), part.std(axis=0)
        scale = np.maximum(scale, max(_LEAST_SCALE * float(scale.mean()), float(np.finfo(np.float32).tiny)))
        probe = LogisticRegressionCV(
            Cs=_STRENGTHS,
            l1_ratios=(0.0,),
            cv=folds,
            scoring="neg_log_loss",
            max_iter=2000,
            use_legacy_attributes=False,
        ).fit((part - mean) / scale, labels)
        own = probe.coef_[0] / scale
        weights.append(own.astype(np.float32))
        biases.append(float(probe.intercept_[0] - own @ mean))
    return Probes(tuple(weights), np.array(biases, np.float32))


def probes_text(record: ProbesRecord) -> str:
    """What the probes reach, for a model card; Markdown."""
    kinds = list(dict.fromkeys(kind for stage in record.stages for kind in stage.kinds))
    heading = ("stage", "AUC", "error", *kinds)
    rows = [
        (
            stage.stage,
            f"{stage.auc:.3f}",
            f"{stage.error:.3f}",
            *(f"{stage.kinds[kind]:.3f}" if kind in stage.kinds else "-" for kind in kinds),
        )
        for stage in record.stages
    ]
    lines = [heading, ["---"] * len(heading), *rows]
    return (
        "A linear probe tells abnormal from normal by the pooled maps of one stage alone: what the network could know "
        f"if it ended there. Probes are no part of the network. They were fitted on {record.images} training "
        f"radiographs and measured on {record.measured_images} others; the error is the root of the mean squared "
        "difference from the labels, 0.5 for always saying 0.5. Beside them the AUC of each kind of abnormality "
        "against the normal radiographs.\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)
    )


def _write(folder: Path, manifest: Manifest, record: ProbesRecord, content: bytes) -> None:
    if manifest.probes is not None:
        write_manifest(folder, replace(manifest, probes=None))
    write_atomically(folder / PROBES_FILE, content)
    card = folder / CARD_FILE
    text = card.read_text(encoding="utf-8") if card.exists() else f"# {manifest.title}\n"
    write_atomically(card, with_section(text, PROBES_HEADING, probes_text(record)).encode("utf-8"))
    write_manifest(folder, replace(manifest, probes=record))


def _measured(
    stage: str,
    logits: NDArray[np.float64],
    items: tuple[LabelledRadiograph, ...],
    known: Sequence[KnownAbnormality | None],
) -> ProbedStage:
    labels = labels_of(items)
    error = float(np.sqrt(np.mean((calibrated_probabilities(logits, 1.0) - labels) ** 2)))
    kinds = {}
    for kind in Abnormality:
        own = np.array([one is not None and one.kind is kind for one in known])
        if own.any():
            among = own | ~labels
            kinds[kind.value] = float(roc_auc_score(own[among], logits[among]))
    return ProbedStage(stage, float(roc_auc_score(labels, logits)), error, kinds)


def _evenly(items: tuple[LabelledRadiograph, ...], most: int) -> tuple[LabelledRadiograph, ...]:
    count = min(len(items), most)
    return tuple(items[place * len(items) // count] for place in range(count))


def _check_patients(items: tuple[LabelledRadiograph, ...]) -> None:
    patients = {f"{item.extremity}/{item.patient}" for item in items}
    if len(patients) < _FOLDS:
        raise DataSetError(f"expected radiographs of {_FOLDS} patients or more; received those of {len(patients)}")
