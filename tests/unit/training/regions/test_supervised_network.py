"""Regions are learnt beside labels, where they are known, and leave a plain classifier behind."""

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.compiled import compiled_network
from densexplain.training.initial import InitialWeights
from densexplain.training.recipe import Recipe
from densexplain.training.regions.region_targets import (
    FINDING,
    SUPERVISED_REGIONS,
    SUPERVISED_STAGES,
    UNKNOWN,
    blank_targets,
    cell_targets,
    stacked,
)
from densexplain.training.regions.supervised_network import network_tensors, region_loss
from densexplain.vocabulary import Region, Schedule

_RECIPE = Recipe(
    "tiny", InputSpecification(size_px=64), learning_rate=1e-2, schedule=Schedule.CONSTANT, regions=1.0, seed=3
)


def _batch(known):
    """Eight images whose upper half is bone; abnormal ones are bright there."""
    draw = np.random.default_rng(0)
    inputs = draw.normal(0, 0.2, (8, 64, 64, 3)).astype(np.float32)
    inputs[::2, :32] += 1
    bone = np.zeros((64, 64), np.float32)
    bone[:32] = 1
    one = cell_targets({Region.BONE: bone}, 64, 64) if known else blank_targets(UNKNOWN, 64, 64)
    labels = (np.arange(8) % 2 == 0).astype(np.float32)[:, None]
    return inputs, {FINDING: labels} | stacked([one] * 8)


def test_the_loss_is_the_cross_entropy_of_what_is_known():
    bones, findings = SUPERVISED_REGIONS.index(Region.BONE), SUPERVISED_REGIONS.index(Region.ABNORMALITY)
    targets, logits = np.zeros((2, 1, 1, 6), np.float32), np.full((2, 1, 1, 6), -100, np.float32)
    targets[1] = UNKNOWN
    logits[1] = 50  # would cost 50 nats each
    targets[0, 0, 0, [bones, findings]] = 1, 0.5
    logits[0, 0, 0, [bones, findings]] = 0, 0  # each costs ln 2; the finding counts 1 + 5 * 0.5
    loss = float(region_loss(keras.ops.array(targets), keras.ops.array(logits)))
    assert loss == pytest.approx((1 + 3.5) * np.log(2) / 6, rel=1e-5)


def test_where_nothing_is_known_the_loss_is_nothing():
    unknown = np.full((2, 3, 3, 6), UNKNOWN, np.float32)
    assert float(region_loss(keras.ops.array(unknown), keras.ops.array(unknown))) == 0


def test_what_is_kept_is_a_plain_classifier():
    model = compiled_network(_RECIPE, InitialWeights(), 10)
    assert len(tensors_of(model)) == len(network_tensors(model)) + 2 * len(SUPERVISED_STAGES)
    shapes = {name: tensor.shape for name, tensor in network_tensors(model).items()}
    assert shapes == tensor_shapes(ARCHITECTURES["tiny"])


def test_unknown_regions_leave_the_training_of_the_labels_as_it_is():
    inputs, targets = _batch(known=False)
    plain = compiled_network(Recipe(**{**vars(_RECIPE), "regions": 0.0}), InitialWeights(), 10)
    plain.train_on_batch(inputs, targets[FINDING])
    model = compiled_network(_RECIPE, InitialWeights(), 10)
    logs = model.train_on_batch(inputs, targets, return_dict=True)
    assert logs["region_loss"] == 0
    assert logs["loss"] == logs["label_loss"]
    for name, tensor in tensors_of(plain).items():
        np.testing.assert_allclose(network_tensors(model)[name], tensor, atol=1e-6, err_msg=name)


def test_known_regions_are_learnt_and_teach_the_network():
    inputs, targets = _batch(known=True)
    model = compiled_network(_RECIPE, InitialWeights(), 60)
    before = network_tensors(model)["conv1_conv/kernel"]
    losses = [model.train_on_batch(inputs, targets, return_dict=True)["region_loss"] for _ in range(12)]
    assert losses[-1] < 0.6 * losses[0]  # the running mean since the first step
    assert not np.array_equal(before, network_tensors(model)["conv1_conv/kernel"])
    logits = model.predict(inputs, verbose=0)
    assert sorted(logits) == sorted([FINDING, *SUPERVISED_STAGES])
    assert logits[FINDING].shape == (8, 1)


def test_the_label_is_the_classifiers():
    model = compiled_network(_RECIPE, InitialWeights(), 10)
    classifier = build_network(ARCHITECTURES["tiny"], None)
    for variable in classifier.weights:
        variable.assign(network_tensors(model)[variable.path])
    inputs, _ = _batch(known=False)
    np.testing.assert_allclose(
        model.predict(inputs, verbose=0)[FINDING], classifier.predict(inputs, verbose=0), atol=1e-6
    )
