"""A model set in use: manifest, verified weights, network, compiled forward pass."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import densexplain
from densexplain.classifier.engines.keras_forward import ForwardPass
from densexplain.classifier.engines.keras_layers import build_densenet
from densexplain.classifier.families.parameters import ARCHITECTURES, DenseNetParameters
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
from densexplain.classifier.model_sets.weights import Tensors, halve_kernels, set_tensors, tensors_of
from densexplain.classifier.model_sets.weights_file import describe_tensors, encode_tensors, read_weights
from densexplain.classifier.probability import probability_of
from densexplain.errors import GoldenInputError, OptionError
from densexplain.files import write_atomically
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
    tensors
        Its stored weights, ``layer/variable`` to array, float16 or float32.
    forward
        Its compiled forward pass, already run once on the golden input.
    """

    manifest: Manifest
    folder: Path
    tensors: Tensors
    forward: ForwardPass

    @cached_property
    def model(self) -> keras.Model:
        """The same network as a Keras model, from (batch, size_px, size_px, 3) to (batch, 1) probabilities.

        Built when first asked for, which takes seconds: to evaluate many images
        at once or to compare, not to explain.
        """
        model = build_densenet(self.manifest.architecture, self.manifest.specification.size_px)
        set_tensors(model, self.tensors)
        return model

    @property
    def head_kernel(self) -> NDArray[np.float32]:
        """Weights of the one-unit head, shape (channels,), logits per unit of pooled activation."""
        return np.asarray(self.tensors["predictions/kernel"][:, 0], np.float32)

    @property
    def bias(self) -> float:
        """Bias of the head, in logits."""
        return float(self.tensors["predictions/bias"][0])


def load_model_set(name_or_folder: str | Path) -> LoadedModelSet:
    """Load a model set once all of it is found to be what was written.

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
    """
    folder = find_model_set(name_or_folder)
    manifest = read_manifest(folder)
    check_folder(folder, manifest)
    tensors = read_weights(folder, manifest)
    forward = ForwardPass(manifest.architecture, tensors, manifest.specification.size_px)
    check_golden(manifest, float(forward(golden_input(manifest.specification))["logit"]))
    return LoadedModelSet(manifest, folder, tensors, forward)


def write_model_set(
    folder: Path,
    model: keras.Model | Tensors,
    *,
    name: str,
    title: str,
    version: str,
    purpose: str,
    not_for: str,
    architecture: str,
    specification: InputSpecification,
    threshold: float = 0.5,
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
        Of the model set, named `name`; made if need be.
    model
        A classifier of `build_densenet`, of any input size, or its tensors; not changed.
    architecture
        A key of `ARCHITECTURES`.
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
    stored = halve_kernels(model if isinstance(model, dict) else tensors_of(model))
    content = encode_tensors(stored)
    manifest = Manifest(
        name=name,
        title=title,
        version=version,
        purpose=purpose,
        not_for=not_for,
        architecture=ARCHITECTURES[architecture],
        specification=specification,
        threshold=threshold,
        weights_sha256=sha256(content).hexdigest(),
        weights_bytes=len(content),
        tensors=describe_tensors(stored),
        golden=_golden_record(ARCHITECTURES[architecture], specification, stored),
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


def _golden_record(
    architecture: DenseNetParameters, specification: InputSpecification, stored: Tensors
) -> GoldenRecord:
    forward = ForwardPass(architecture, stored, specification.size_px)
    logit = float(forward(golden_input(specification))["logit"])
    if not math.isfinite(logit):
        raise GoldenInputError(f"expected the reference input to give a number; the weights give {logit}")
    return GoldenRecord(GOLDEN_DESCRIPTION, logit, probability_of(logit))


def _versions() -> dict[str, str]:
    return {
        "densexplain": densexplain.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": keras.config.backend(),
        "numpy": np.__version__,
    }
