"""Fitting a model set's distribution of training radiographs, and its two limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from densexplain.classifier.classifier import Answer, Classifier
from densexplain.classifier.engines.choice import local_classifier
from densexplain.classifier.model_sets.catalogue import check_folder
from densexplain.classifier.model_sets.manifest import FamiliarityRecord, read_manifest, write_manifest
from densexplain.classifier.model_sets.weights_file import read_weights
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.data_sets.network_inputs import network_inputs
from densexplain.data_sets.readable import readable_items
from densexplain.errors import DataSetError
from densexplain.explain.familiarity import TrainingDistribution
from densexplain.explain.familiarity_file import FAMILIARITY_FILE, encode_distribution
from densexplain.files import write_atomically
from densexplain.progress import Report, time_left
from densexplain.radiograph.preprocessing import InputSpecification

DIRECTIONS = 128
"""Kept of the covariance. Of 16, 64, 128 and 256, upside-down knees were recognised best by the last two, and 128
make a file of 1.6 MB."""

FOLDS = 5

WARN_SHARE = 0.97
"""Share of held-out training radiographs that is not warned about.

95 % would warn of 5 % of new ones on average, so of more in every other set of
them. The margin is two standard errors of that share in a set of 500 radiographs
(0.97 % each): one in forty such sets has more than 5 % warned about.
"""

WITHHOLD_SHARE = 0.999
"""Share of held-out training radiographs whose label is shown: one in a thousand loses it."""

_BATCH_SIZE = 16
_LEAST_SCALE = 0.1
_IMAGES_PER_DIRECTION = 4
_SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 1.0)
_REPORT_EVERY_SECONDS = 15.0


def fit_familiarity(folder: Path, items: tuple[LabelledRadiograph, ...], report: Report) -> FamiliarityRecord:
    """Fit the distribution of a model set's training radiographs; its file and manifest are written.

    A kill in between leaves the model set as one that does not know.

    Parameters
    ----------
    folder
        Folder of the model set.
    items
        The radiographs that it was trained on, of two patients or more; those
        that cannot be read are reported and left out.
    report
        Receives lines of progress.

    Returns
    -------
    FamiliarityRecord
        As it now stands in the manifest.

    Raises
    ------
    DataSetError
        If no image can be read, or the radiographs are too few or all alike.
    ModelSetError
        If the model set cannot be used.
    OSError
        If it cannot be written.
    """
    manifest = read_manifest(folder)
    check_folder(folder, manifest)
    items, _ = readable_items(items, report)
    patients = [f"{item.extremity}/{item.patient}" for item in items]
    check_patients(patients)
    classifier = local_classifier(manifest.network, read_weights(folder, manifest))
    pooled = pool_radiographs(classifier, items, manifest.specification, report)
    held_out = held_out_distances(pooled, patients, report)
    content = encode_distribution(fit_distribution(pooled))
    record = familiarity_record(content, held_out)
    if manifest.familiarity is not None:
        write_manifest(folder, replace(manifest, familiarity=None))
    write_atomically(folder / FAMILIARITY_FILE, content)
    write_manifest(folder, replace(manifest, familiarity=record))
    return record


def check_patients(patients: list[str]) -> None:
    """Refuse radiographs of one patient: nothing would be left to hold out.

    Raises
    ------
    DataSetError
        If there are fewer than two patients.
    """
    if len(set(patients)) < 2:
        raise DataSetError(f"expected radiographs of two patients or more; received those of {len(set(patients))}")


def pool_radiographs(
    classifier: Classifier,
    items: tuple[LabelledRadiograph, ...],
    specification: InputSpecification,
    report: Report,
    pooled_of: Callable[[Answer], NDArray[np.float32]] = lambda answer: answer.pooled_halves,
) -> NDArray[np.float32]:
    """Run radiographs through a network, prepared as in training but not varied.

    Parameters
    ----------
    classifier, items, specification
        The network, what goes through it, and how it is prepared.
    report
        Receives lines of progress.
    pooled_of
        What is kept of each answer, shape (channels,), float32, >= 0.

    Returns
    -------
    numpy.ndarray
        As `densexplain.classifier.answers` gives them, shape (images, channels), float32 >= 0.

    Raises
    ------
    DataSetError
        If an image cannot be read.
    """
    batches, pooled = -(-len(items) // _BATCH_SIZE), []
    start = last = time.monotonic()
    for index, inputs in enumerate(network_inputs(items, specification, _BATCH_SIZE)):
        pooled += [pooled_of(answer) for answer in classifier.explain(np.asarray(inputs, np.float32))]
        now = time.monotonic()
        if now - last >= _REPORT_EVERY_SECONDS:
            last = now
            left = time_left((now - start) / (index + 1) * (batches - index - 1))
            report(f"pooled {len(pooled)} of {len(items)} radiographs, left {left}")
    return np.stack(pooled)


def fit_distribution(pooled: NDArray[np.float32]) -> TrainingDistribution:
    """Fit mean and covariance; see `TrainingDistribution`.

    Parameters
    ----------
    pooled
        Shape (images, channels), float32, >= 0.

    Raises
    ------
    DataSetError
        If the radiographs are too few or all alike.
    """
    roots = np.sqrt(pooled)
    mean, scale = roots.mean(axis=0), roots.std(axis=0)
    images, channels = roots.shape
    kept = min(DIRECTIONS, images // _IMAGES_PER_DIRECTION, channels - 1)
    if kept < 1 or not scale.max() > 0:
        raise DataSetError(f"expected {_IMAGES_PER_DIRECTION} different radiographs or more; received {images}")
    # A channel that was silent in training must not decide alone.
    scale = np.maximum(scale, _LEAST_SCALE * scale.mean())
    offsets = (roots - mean) / scale
    analysis = PCA(kept, svd_solver="randomized", random_state=0).fit(offsets)
    variances = analysis.explained_variance_
    rest = float(offsets.var(axis=0, ddof=1, dtype=np.float64).sum() - variances.sum(dtype=np.float64))
    tiny = float(np.finfo(np.float32).eps)
    return TrainingDistribution(
        mean.astype(np.float32),
        scale.astype(np.float32),
        analysis.components_.astype(np.float16),
        np.maximum(variances, tiny).astype(np.float32),
        max(rest / (channels - kept), tiny),
    )


def held_out_distances(pooled: NDArray[np.float32], patients: list[str], report: Report) -> NDArray[np.float64]:
    """Distance of each radiograph from a distribution fitted without its patient.

    Distances of radiographs that were part of the fit would be too small, and
    limits based on them too tight.

    Parameters
    ----------
    pooled
        Shape (images, channels), float32 >= 0.
    patients
        Patient of each radiograph; no patient is in two folds.

    Returns
    -------
    numpy.ndarray
        Shape (images,), float64 >= 0, in standard deviations.

    Raises
    ------
    DataSetError
        If the radiographs are too few or all alike.
    """
    names, numbers = np.unique(patients, return_inverse=True)
    folds = (np.random.default_rng(0).permutation(len(names)) % FOLDS)[numbers]
    distances = np.empty(len(pooled))
    last = time.monotonic()
    for fold in np.unique(folds):
        held_out = folds == fold
        distances[held_out] = fit_distribution(pooled[~held_out]).distance(pooled[held_out])
        if time.monotonic() - last >= _REPORT_EVERY_SECONDS:
            last = time.monotonic()
            report(f"fitted without part {fold + 1} of {FOLDS}")
    return distances


def familiarity_record(content: bytes, held_out: NDArray[np.float64]) -> FamiliarityRecord:
    """Make the manifest's entry for a file's content and the distances of held-out radiographs.

    Parameters
    ----------
    content
        Bytes of the file.
    held_out
        Distances, shape (images,), float64 >= 0, in standard deviations.
    """
    quantiles = {f"{share:g}": float(np.quantile(held_out, share)) for share in _SHARES}
    return FamiliarityRecord(
        file_sha256=sha256(content).hexdigest(),
        file_bytes=len(content),
        images=len(held_out),
        quantiles=quantiles,
        warn_above=float(np.quantile(held_out, WARN_SHARE)),
        withhold_above=float(np.quantile(held_out, WITHHOLD_SHARE)),
    )
