"""The weights that a run starts from: random, ImageNet's, or those of an installed model set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import keras

from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.model_sets.weights_file import read_weights
from densexplain.classifier.wiring.family import Pretrained
from densexplain.classifier.wiring.registry import ARCHITECTURES, FAMILIES
from densexplain.errors import OptionError, TrainingError
from densexplain.training.recipe import IMAGENET, RANDOM


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

    MD5 is what Keras publishes; it detects a wrong or damaged file, and the file
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
    offered = {name: known for family in FAMILIES.values() for name, known in family.pretrained.items()}
    if architecture not in offered:
        raise OptionError(f"there are ImageNet weights of {', '.join(offered)}; received {architecture}")
    pretrained = offered[architecture]
    path = file or _download(pretrained)
    sha256 = check_imagenet_file(path, pretrained.md5)
    network = getattr(keras.applications, pretrained.network)(include_top=False, weights=None, input_shape=(32, 32, 3))
    network.load_weights(path)
    return InitialWeights(tensors_of(network), sha256)


def _download(pretrained: Pretrained) -> Path:
    file = pretrained.url.rsplit("/", 1)[1]
    try:
        return Path(keras.utils.get_file(file, pretrained.url, cache_subdir="models", file_hash=pretrained.md5))
    except Exception as error:
        raise TrainingError(
            f"the ImageNet weights could not be downloaded; fetch {file} elsewhere and give it as --imagenet-weights"
        ) from error
