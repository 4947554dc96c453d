"""Means and variances of the batch normalisations follow the weights, and nothing else changes."""

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.data_sets.mura import read_data_set
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.batch_statistics import recompute_statistics
from densexplain.training.batches import RadiographBatches
from densexplain.vocabulary import Split

pytestmark = pytest.mark.slow


@pytest.fixture
def batches(data_set):
    items = read_data_set(data_set, Split.TRAIN)
    return RadiographBatches(items, InputSpecification(size_px=32), 6, Augmentation(), seed=3, epoch=2)


def test_they_are_those_of_all_batches_together(batches):
    keras.utils.set_random_seed(2)
    model = build_network(ARCHITECTURES["tiny"], 32)
    before = tensors_of(model)
    assert recompute_statistics(model, batches, 3) == 3
    after = tensors_of(model)
    moved = {name for name in after if not np.array_equal(after[name], before[name])}
    assert moved
    assert all("moving" in name for name in moved)
    # The first normalisation sees what the first convolution makes of the images, whatever lies behind.
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization))
    seen = keras.Model(model.input, first.input)
    maps = np.concatenate([np.asarray(seen(batches[number][0]), np.float64) for number in range(3)])
    np.testing.assert_allclose(np.asarray(first.moving_mean), maps.mean(axis=(0, 1, 2)), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.asarray(first.moving_variance), maps.var(axis=(0, 1, 2)), rtol=1e-3)


def test_the_momenta_are_as_before_and_no_more_batches_are_used_than_there_are(batches):
    model = build_network(ARCHITECTURES["tiny"], 32)
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    assert recompute_statistics(model, batches, 1000) == len(batches)
    assert [layer.momentum for layer in layers] == momenta
