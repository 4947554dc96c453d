"""The weights that a run starts from: random, ImageNet's, or those of an installed model set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import keras

from densexplain.classifier.families.parameters import ARCHITECTURES
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.classifier.model_sets.weights import Tensors, tensors_of
from densexplain.classifier.model_sets.weights_file import read_weights
from densexplain.errors import OptionError, TrainingError
from densexplain.training.recipe import IMAGENET, RANDOM

_APPLICATIONS = {
    "densenet121": ("DenseNet121", "30ee3e1110167f948a6b9946edeeb738"),
    "densenet169": ("DenseNet169", "b8c4d4c20dd625c148057b9ff1c1176b"),
    "densenet201": ("DenseNet201", "c13680b51ded0fb44dff2d8f86ac8bb1"),
}
"""Keras's own networks, and the MD5 by which Keras knows their weights file without the head
(``..._weights_tf_dim_ordering_tf_kernels_notop.h5``, keras.applications.densenet)."""


@dataclass(frozen=True)
class InitialWeights:
    """Tensors to start from.

    Parameters
    ----------
    tensors
        Arrays by ``layer/variable``, each of its variable's shape, float32, any value; what is not named stays random.
    sha256
        SHA-256 of the file that they come from; empty for random weights.
    """

    tensors: Tensors = field(default_factory=dict)
    sha256: str = ""


def initial_weights(architecture: str, init: str, imagenet_file: Path | None = None) -> InitialWeights:
    """Find the weights that a recipe starts from.

    Parameters
    ----------
    architecture
        A key of `ARCHITECTURES`.
    init
        ``random``, ``imagenet``, or the name of an installed model set, of
        which the head is taken over too.
    imagenet_file
        Keras's weights file of the architecture without the head, for where
        there is no network; None lets Keras download it.

    Raises
    ------
    OptionError
        If there are no ImageNet weights of the architecture, the file is not
        Keras's, or the model set is of another architecture.
    ModelSetError
        If the model set cannot be used.
    TrainingError
        If the ImageNet weights cannot be downloaded.
    """
    if init == RANDOM:
        return InitialWeights()
    if init == IMAGENET:
        return _imagenet_weights(architecture, imagenet_file)
    folder = find_model_set(init)
    manifest = read_manifest(folder)
    if manifest.architecture != ARCHITECTURES[architecture]:
        raise OptionError(
            f"expected a {architecture} to start from; the model set {init} is a {manifest.architecture_name}"
        )
    return InitialWeights(read_weights(folder, manifest), manifest.weights_sha256)


def check_imagenet_file(path: Path, expected_md5: str) -> str:
    """Compare a file with the one that Keras distributes; return its sha256.

    MD5 is what Keras publishes; it tells a wrong or damaged file, and the file
    is read as tensors only.

    Raises
    ------
    OptionError
        If it cannot be read or is another file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OptionError(f"expected the file of ImageNet weights; {path}: {error.strerror}") from error
    received = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if received != expected_md5:
        raise OptionError(
            f"expected Keras's ImageNet weights without the head (MD5 {expected_md5}); {path.name} has {received}"
        )
    return hashlib.sha256(content).hexdigest()


def _imagenet_weights(architecture: str, file: Path | None) -> InitialWeights:
    if architecture not in _APPLICATIONS:
        raise OptionError(f"there are ImageNet weights of {', '.join(_APPLICATIONS)}; received {architecture}")
    name, md5 = _APPLICATIONS[architecture]
    path = file or _download(architecture, md5)
    sha256 = check_imagenet_file(path, md5)
    network = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(32, 32, 3))
    network.load_weights(path)
    return InitialWeights(tensors_of(network), sha256)


def _download(architecture: str, md5: str) -> Path:
    from keras.src.applications import densenet  # where Keras keeps the address

    file = f"{architecture}_weights_tf_dim_ordering_tf_kernels_notop.h5"
    try:
        return Path(keras.utils.get_file(file, densenet.BASE_WEIGHTS_PATH + file, cache_subdir="models", file_hash=md5))
    except Exception as error:
        raise TrainingError(
            f"the ImageNet weights could not be downloaded; fetch {file} elsewhere and give it as --imagenet-weights"
        ) from error
