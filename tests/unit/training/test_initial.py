"""Random weights, ImageNet's by their hash, or a model set's."""

import hashlib
from dataclasses import replace

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.classifier.wiring.registry import ARCHITECTURES, FAMILIES
from densexplain.errors import ModelSetNotFoundError, OptionError, TrainingError
from densexplain.settings import settings
from densexplain.training.initial import check_imagenet_file, initial_weights
from tests.tiny import write_tiny

pytestmark = pytest.mark.slow


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    write_tiny(tmp_path / "tiny", 3, "Tiny")
    monkeypatch.setenv("DENSEXPLAIN_MODELS", str(tmp_path))
    settings.cache_clear()
    yield load_model_set(tmp_path / "tiny")
    monkeypatch.undo()
    settings.cache_clear()


def test_random_weights_come_from_nowhere():
    weights = initial_weights("tiny", "random")
    assert (weights.tensors, weights.sha256) == ({}, "")


def test_a_model_set_gives_all_of_its_tensors_and_its_hash(tiny):
    weights = initial_weights("tiny", "tiny")
    assert weights.sha256 == tiny.manifest.weights_sha256
    assert weights.tensors.keys() == tiny.read_tensors().keys()
    np.testing.assert_array_equal(weights.tensors["predictions/kernel"], tiny.read_tensors()["predictions/kernel"])


def test_another_architecture_or_name_is_refused(tiny):
    with pytest.raises(OptionError, match=r"expected a densenet121 .* is a tiny"):
        initial_weights("densenet121", "tiny")
    with pytest.raises(ModelSetNotFoundError, match="unheard-of"):
        initial_weights("tiny", "unheard-of")


def test_there_are_no_imagenet_weights_of_a_tiny_network():
    with pytest.raises(OptionError, match="densenet169"):
        initial_weights("tiny", "imagenet")


def test_a_file_that_is_not_kerass_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "weights.h5"
    file.write_bytes(b"other weights")
    with pytest.raises(OptionError, match="MD5 b8c4d4c20dd625c148057b9ff1c1176b"):
        initial_weights("densenet169", "imagenet", file)
    with pytest.raises(OptionError, match="No such file"):
        initial_weights("densenet169", "imagenet", tmp_path / "missing.h5")


def test_the_sha256_of_the_right_file_is_kept(tmp_path):
    file = tmp_path / "weights.h5"
    file.write_bytes(b"weights")
    assert check_imagenet_file(file, hashlib.md5(b"weights").hexdigest()) == hashlib.sha256(b"weights").hexdigest()


def test_the_layers_of_kerass_network_go_to_those_of_the_same_name(tmp_path, monkeypatch):
    keras.utils.set_random_seed(8)
    theirs = keras.applications.DenseNet121(include_top=False, weights=None, input_shape=(32, 32, 3))
    file = tmp_path / "notop.weights.h5"
    theirs.save_weights(file)
    known = FAMILIES["densenet"].pretrained
    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    monkeypatch.setitem(known, "densenet121", replace(known["densenet121"], md5=md5))
    weights = initial_weights("densenet121", "imagenet", file)
    needed = tensors_of(build_network(ARCHITECTURES["densenet121"], None)).keys()
    assert needed - weights.tensors.keys() == {"predictions/kernel", "predictions/bias"}
    assert weights.tensors.keys() <= needed
    np.testing.assert_array_equal(weights.tensors["conv1_conv/kernel"], theirs.get_layer("conv1_conv").kernel.numpy())


def test_without_a_network_the_refusal_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    known = FAMILIES["densenet"].pretrained
    monkeypatch.setitem(known, "densenet169", replace(known["densenet169"], url="http://127.0.0.1:9/weights.h5"))
    with pytest.raises(TrainingError, match="--imagenet-weights"):
        initial_weights("densenet169", "imagenet")
