"""Our residual networks against keras.applications."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.onnx.classifier import onnx_classifier
from densexplain.classifier.families.resnet import ResNetParameters
from densexplain.classifier.heads import one_unit
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ShapeError
from densexplain.vocabulary import Ranking

pytestmark = pytest.mark.slow

SIZE_PX = 64


def test_it_equals_resnet50v2_of_keras_applications() -> None:
    draw = np.random.default_rng(2)
    theirs = keras.applications.ResNet50V2(
        include_top=False, weights=None, pooling="avg", input_shape=(SIZE_PX, SIZE_PX, 3)
    )
    for variable in theirs.weights:
        low, high = (0.8, 1.2) if variable.name in ("gamma", "moving_variance") else (-0.1, 0.1)
        if variable.name != "kernel":
            variable.assign(draw.uniform(low, high, variable.shape))
    tensors = {variable.path: keras.ops.convert_to_numpy(variable.value) for variable in theirs.weights}
    expected_shapes = {name: tensor.shape for name, tensor in tensors.items()}
    ours = tensor_shapes(ARCHITECTURES["resnet50"])
    assert {name: shape for name, shape in ours.items() if not name.startswith("predictions")} == expected_shapes

    kernel, bias = draw.normal(0, 0.05, (2048, 1)).astype(np.float32), np.array([0.25], np.float32)
    network = Network(ARCHITECTURES["resnet50"], one_unit(), SIZE_PX)
    batch = draw.normal(0, 1, (1, SIZE_PX, SIZE_PX, 3)).astype(np.float32)
    outputs = [theirs.get_layer(stage.layer).output for stage in network.stages]
    *stages, pooled = keras.Model(theirs.input, [*outputs, theirs.output]).predict(batch, verbose=0)
    head = {"predictions/kernel": kernel, "predictions/bias": bias}
    (answer,) = onnx_classifier(network, tensors | head).explain(batch)
    assert float(answer.logits[0]) == pytest.approx(float(pooled[0] @ kernel[:, 0] + bias[0]), abs=1e-5)
    for stage, maps, rankings in zip(network.stages, stages, answer.rankings, strict=True):
        ranked = rankings[Ranking.MEAN]
        assert maps.shape[1:] == (stage.rows, stage.columns, stage.channels)
        assert maps.min() >= 0
        np.testing.assert_allclose(ranked.maps, maps[0][:, :, ranked.channels].transpose(2, 0, 1), rtol=1e-5, atol=1e-5)


def test_stages_at_320_px() -> None:
    network = Network(ARCHITECTURES["resnet50"], one_unit(), 320)
    assert [(stage.name, stage.rows, stage.channels) for stage in network.stages] == [
        ("conv1", 80, 64),
        ("stack1", 40, 256),
        ("stack2", 20, 512),
        ("stack3", 10, 1024),
        ("stack4", 10, 2048),
    ]


@pytest.mark.parametrize("stacks", [(1, 2, 3), (1, 2, 3, 0), (1, 2, 3, 65)])
def test_parameters_out_of_range_are_refused(stacks: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="four stacks of 1 to 64 blocks"):
        ResNetParameters(stacks)  # type: ignore[arg-type]
