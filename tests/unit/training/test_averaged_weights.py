"""Averaged weights, by hand."""

import numpy as np

from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.averaged_weights import averaged_tensors
from densexplain.training.compiled import compiled_network
from densexplain.training.initial import InitialWeights
from densexplain.training.recipe import Recipe
from densexplain.vocabulary import Schedule


def test_the_average_follows_the_weights_and_leaves_them():
    recipe = Recipe(
        "tiny", InputSpecification(size_px=32), learning_rate=1e-2, schedule=Schedule.CONSTANT, averaging=0.75
    )
    model, draw = compiled_network(recipe, InitialWeights(), 5), np.random.default_rng(0)
    kernels = []
    for _ in range(3):
        inputs = draw.normal(size=(4, 32, 32, 3)).astype(np.float32)
        model.train_on_batch(inputs, np.array([[0], [1], [0], [1]], np.float32))
        kernels.append(tensors_of(model)["predictions/kernel"])
    expected = 0.25 * kernels[2] + 0.75 * (0.25 * kernels[1] + 0.75 * kernels[0])
    np.testing.assert_allclose(averaged_tensors(model, 0.75)["predictions/kernel"], expected, rtol=1e-5)
    np.testing.assert_array_equal(tensors_of(model)["predictions/kernel"], kernels[2])
    np.testing.assert_array_equal(averaged_tensors(model, 0.0)["predictions/kernel"], kernels[2])
