"""A model set in use: manifest, verified weights, network, compiled forward pass."""

from __future__ import annotations

import math
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

import densexplain
from densexplain.classifier.classifier import Classifier
from densexplain.classifier.engines.choice import local_classifier, remote_address
from densexplain.classifier.heads import Head, one_unit
from densexplain.classifier.model_sets.catalogue import check_folder, find_model_set
from densexplain.classifier.model_sets.golden import GOLDEN_DESCRIPTION, check_golden, golden_input
from densexplain.classifier.model_sets.manifest import (
    CARD_FILE,
    WEIGHTS_FILE,
    GoldenRecord,
    Manifest,
    read_manifest,
    write_manifest,
)
from densexplain.classifier.model_sets.weights import Tensors, halve_kernels
from densexplain.classifier.model_sets.weights_file import describe_tensors, encode_tensors, read_weights
from densexplain.classifier.probability import probability_of
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import GoldenInputError, OptionError
from densexplain.files import write_atomically
from densexplain.graphs.memory import return_memory
from densexplain.radiograph.preprocessing import InputSpecification


@dataclass(frozen=True)
class LoadedModelSet:
    """A verified model set, shared by all threads and never changed.

    Parameters
    ----------
    manifest
        What it is and how to use it.
    folder
        Where it lies.
    classifier
        Its network with its weights, already run once on the golden input.
    """

    manifest: Manifest
    folder: Path
    classifier: Classifier

    def read_tensors(self) -> Tensors:
        """Read and check its stored weights: by ``layer/variable``, of any shape, float16 or float32, any value.

        Raises
        ------
        ModelSetError
            As `load_model_set`.
        """
        return read_weights(self.folder, self.manifest)


def load_model_set(name_or_folder: str | Path) -> LoadedModelSet:
    """Load a model set after verifying all of it.

    Size, sha256, header, names, shapes and number formats are checked before
    any tensor is used; then the golden input goes through the compiled forward
    pass, which also warms it up.

    Parameters
    ----------
    name_or_folder
        Name of an installed model set (text) or its folder (Path).

    Raises
    ------
    OptionError
        If a name could lead out of the folders of model sets.
    ModelSetError
        The subclass says what is wrong: `ModelSetNotFoundError`, `ManifestError`,
        `WeightsMissingError`, `WeightsTruncatedError`, `WeightsHashError`,
        `WeightsHeaderError`, `WeightsShapeError`, `GoldenInputError`.
    RemoteClassifierError
        If networks run in another process, and it cannot be asked.
    """
    folder = find_model_set(name_or_folder)
    manifest = read_manifest(folder)
    check_folder(folder, manifest)
    classifier = _classifier(folder, manifest)
    return_memory()  # that of the file and its tensors
    check_golden(manifest, _golden_logit(classifier, manifest.specification))
    return LoadedModelSet(manifest, folder, classifier)


def write_model_set(
    folder: Path,
    tensors: Mapping[str, NDArray[Any]],
    *,
    name: str,
    title: str,
    version: str,
    purpose: str,
    not_for: str,
    architecture: str,
    specification: InputSpecification,
    threshold: float = 0.5,
    head: Head | None = None,
    training: Mapping[str, Any] | None = None,
    evaluation: Mapping[str, Any] | None = None,
    activation_map_limit_logits: float = 20.0,
    card: str,
) -> Manifest:
    """Write a model set; a killed process leaves the previous one or one that is refused, never a wrong one.

    Convolution kernels are stored in half precision, everything else in single;
    the golden logit is that of the stored weights.

    Parameters
    ----------
    folder
        Folder of the model set, named `name`; made if need be.
    tensors
        Arrays by ``layer/variable`` of a classifier of that architecture, each of its variable's shape, float16 or
        float32, any value; not changed.
    architecture
        A key of `ARCHITECTURES`.
    head
        Classes and thresholds; None for one sigmoid unit, abnormal above `threshold`.
    card
        Model card, Markdown.
    name, title, version, purpose, not_for, specification, threshold, training, evaluation, activation_map_limit_logits
        As in `Manifest`.

    Raises
    ------
    OptionError
        If the architecture is not known, the folder has another name, or an entry is out of range.
    WeightsShapeError
        If the model is not of that architecture.
    GoldenInputError
        If the golden input gives no number.
    OSError
        If it cannot be written.
    """
    if architecture not in ARCHITECTURES:
        raise OptionError(f"`architecture` must be one of {', '.join(ARCHITECTURES)}; received {architecture!r}")
    if folder.name != name:
        raise OptionError(f"`folder` must be named as the model set, {name}; received {folder.name}")
    stored = halve_kernels(tensors)
    content = encode_tensors(stored)
    network = Network(ARCHITECTURES[architecture], head or one_unit(threshold), specification.size_px)
    manifest = Manifest(
        name=name,
        title=title,
        version=version,
        purpose=purpose,
        not_for=not_for,
        architecture=ARCHITECTURES[architecture],
        specification=specification,
        threshold=threshold if head is None else head.classes[head.main].threshold,
        head=head,
        weights_sha256=sha256(content).hexdigest(),
        weights_bytes=len(content),
        tensors=describe_tensors(stored),
        golden=_golden_record(network, specification, stored),
        activation_map_limit_logits=activation_map_limit_logits,
        training=dict(training or {}),
        evaluation=dict(evaluation or {}),
        software=_versions(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / WEIGHTS_FILE, content)
    write_atomically(folder / CARD_FILE, card.encode("utf-8"))
    write_manifest(folder, manifest)
    return manifest


def _classifier(folder: Path, manifest: Manifest) -> Classifier:
    address = remote_address()
    if address is None:
        return local_classifier(manifest.network, read_weights(folder, manifest))
    from densexplain.classifier.engines.remote.client import RemoteClassifier

    return RemoteClassifier(address, manifest.name, manifest.weights_sha256, manifest.network)


def _golden_record(network: Network, specification: InputSpecification, stored: Tensors) -> GoldenRecord:
    logit = _golden_logit(local_classifier(network, stored), specification)
    if not math.isfinite(logit):
        raise GoldenInputError(f"expected the reference input to give a number; the weights give {logit}")
    return GoldenRecord(GOLDEN_DESCRIPTION, logit, probability_of(logit))


def _golden_logit(classifier: Classifier, specification: InputSpecification) -> float:
    """Log-odds that the golden input gives, of the first class that is not normal."""
    found = classifier.head.log_odds(classifier.logits(golden_input(specification)[None])[0])
    return float(found[classifier.head.main])


def _versions() -> dict[str, str]:
    """Versions of the software that a model set was written with; read without importing it."""
    versions = {"densexplain": densexplain.__version__, "python": platform.python_version()}
    versions |= {package: version_of(package) for package in ("keras", "onnxruntime", "numpy")}
    keras = sys.modules.get("keras")
    return versions if keras is None else versions | {"backend": keras.config.backend()}
