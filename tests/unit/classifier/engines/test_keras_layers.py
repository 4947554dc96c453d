"""Our DenseNet, wired of Keras layers and of tensors, against keras.applications."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import pytest

from densexplain.classifier.classifier import Classifier
from densexplain.classifier.engines.keras.classifier import keras_classifier
from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors
from densexplain.classifier.engines.onnx.classifier import onnx_classifier
from densexplain.classifier.heads import one_unit
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ShapeError
from densexplain.vocabulary import Ranking
from tests.stages import STAGES

pytestmark = pytest.mark.slow

SIZE_PX = 64
BUILDERS = {
    "densenet121": keras.applications.DenseNet121,
    "densenet169": keras.applications.DenseNet169,
    "densenet201": keras.applications.DenseNet201,
}


class Reference(NamedTuple):
    tensors: Tensors
    outputs: dict[str, np.ndarray]
    layer_names: list[str]


def _reference(architecture: str) -> keras.Model:
    return BUILDERS[architecture](include_top=False, weights=None, pooling="avg", input_shape=(SIZE_PX, SIZE_PX, 3))


@pytest.fixture(scope="module")
def network_input() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (SIZE_PX, SIZE_PX, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def reference(network_input: np.ndarray) -> Reference:
    """Keras's DenseNet-169 with drawn normalisations: tensors, what each stage gives, layer names."""
    model, draw = _reference("densenet169"), np.random.default_rng(2)
    for variable in model.weights:
        if variable.name in ("gamma", "moving_variance"):
            variable.assign(draw.uniform(0.8, 1.2, variable.shape))
        elif variable.name in ("beta", "moving_mean"):
            variable.assign(draw.uniform(-0.1, 0.1, variable.shape))
    tensors = {variable.path: keras.ops.convert_to_numpy(variable.value) for variable in model.weights}
    outputs = {stage.layer: model.get_layer(stage.layer).output for stage in STAGES} | {"pooled": model.output}
    stages = keras.Model(model.input, outputs).predict(network_input[None], verbose=0)
    names = [layer.name for layer in model.layers[1:] if "padding" not in layer.name]
    return Reference(tensors, {name: values[0] for name, values in stages.items()}, names)


@pytest.fixture(scope="module")
def tensors(reference: Reference) -> Tensors:
    draw = np.random.default_rng(3)
    head = {"predictions/kernel": draw.normal(0, 0.05, (1664, 1)), "predictions/bias": np.array([0.25])}
    return reference.tensors | {name: values.astype(np.float32) for name, values in head.items()}


def _logit(tensors: Tensors, pooled: np.ndarray) -> float:
    kernel = tensors["predictions/kernel"][:, 0].astype(np.float64)
    return float(pooled.astype(np.float64) @ kernel + tensors["predictions/bias"][0])


def test_keras_layers_equal_keras_applications(
    reference: Reference, tensors: Tensors, network_input: np.ndarray
) -> None:
    model = build_network(ARCHITECTURES["densenet169"], SIZE_PX)
    set_tensors(model, tensors)
    pooled = keras.Model(model.input, model.get_layer("avg_pool").output).predict(network_input[None], verbose=0)[0]
    np.testing.assert_allclose(pooled, reference.outputs["pooled"], rtol=1e-5, atol=1e-5)
    probability = float(model.predict(network_input[None], verbose=0)[0, 0])
    assert probability == pytest.approx(1 / (1 + np.exp(-_logit(tensors, reference.outputs["pooled"]))), abs=1e-5)
    assert [layer.name for layer in model.layers[1:-1] if "padding" not in layer.name] == reference.layer_names


@pytest.mark.parametrize("make", [keras_classifier, onnx_classifier])
def test_engines_equal_keras_applications(
    make: Callable[[Network, Tensors], Classifier], reference: Reference, tensors: Tensors, network_input: np.ndarray
) -> None:
    network = Network(ARCHITECTURES["densenet169"], one_unit(), SIZE_PX)
    (answer,) = make(network, tensors).explain(network_input[None])
    assert float(answer.logits[0]) == pytest.approx(_logit(tensors, reference.outputs["pooled"]), abs=1e-5)
    for stage, rankings in zip(STAGES, answer.rankings, strict=True):
        ranked = rankings[Ranking.MEAN]
        expected = reference.outputs[stage.layer][:, :, ranked.channels].transpose(2, 0, 1)
        np.testing.assert_allclose(ranked.maps, expected, rtol=1e-5, atol=2e-5)
    map_expected = reference.outputs["relu"] @ tensors["predictions/kernel"][:, 0]
    np.testing.assert_allclose(answer.maps[0], map_expected, rtol=1e-4, atol=2e-5)
    evidence_sum = float(np.mean(answer.maps[0], dtype=np.float64))
    assert evidence_sum + 0.25 == pytest.approx(float(answer.logits[0]), abs=1e-5)


@pytest.mark.parametrize(("architecture", "parameters"), [("densenet121", 7_037_504), ("densenet201", 18_321_984)])
def test_sisters_have_the_tensors_of_keras_applications(architecture: str, parameters: int) -> None:
    expected = {variable.path: tuple(variable.shape) for variable in _reference(architecture).weights}
    ours = tensor_shapes(ARCHITECTURES[architecture])
    assert {name: shape for name, shape in ours.items() if not name.startswith("predictions/")} == expected
    assert sum(int(np.prod(shape)) for shape in expected.values()) == parameters


def test_an_input_too_small_is_refused() -> None:
    with pytest.raises(ShapeError, match="at least 32; received 31"):
        build_network(ARCHITECTURES["tiny"], 31)


def test_open_input_size_takes_any_size() -> None:
    model = build_network(ARCHITECTURES["tiny"], None)
    assert model.predict(np.zeros((1, 40, 72, 3), np.float32), verbose=0).shape == (1, 1)
