from __future__ import annotations

import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import shapes_of
from densexplain.classifier.families.densenet import DenseNetParameters
from densexplain.classifier.wiring.outline import check_shapes, tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES, architecture_name
from densexplain.errors import ShapeError, WeightsShapeError, WeightsSurplusError

pytestmark = pytest.mark.slow


def test_tensor_shapes_are_those_of_the_built_network_in_the_same_order() -> None:
    parameters = ARCHITECTURES["tiny"]
    expected = shapes_of(build_network(parameters, 64))
    assert list(tensor_shapes(parameters).items()) == list(expected.items())


def test_tensor_shapes_by_hand() -> None:
    shapes = tensor_shapes(DenseNetParameters((1, 1, 1, 1), growth_rate=2, initial_channels=6))
    assert shapes["conv1_conv/kernel"] == (7, 7, 3, 6)
    assert shapes["conv2_block1_0_bn/gamma"] == (6,)
    assert shapes["conv2_block1_1_conv/kernel"] == (1, 1, 6, 8)
    assert shapes["conv2_block1_2_conv/kernel"] == (3, 3, 8, 2)
    assert shapes["pool2_conv/kernel"] == (1, 1, 8, 4)
    assert shapes["pool3_conv/kernel"] == (1, 1, 6, 3)
    assert shapes["pool4_conv/kernel"] == (1, 1, 5, 2)
    assert shapes["bn/moving_variance"] == (4,)
    assert shapes["predictions/kernel"] == (4, 1)
    assert shapes["predictions/bias"] == (1,)


def test_densenet169_ends_with_1664_channels() -> None:
    assert tensor_shapes(ARCHITECTURES["densenet169"])["predictions/kernel"] == (1664, 1)


@pytest.mark.parametrize(
    ("blocks", "growth_rate", "initial_channels"),
    [((1, 2, 3), 4, 8), ((1, 2, 3, 0), 4, 8), ((1, 2, 3, 129), 4, 8), ((1, 1, 1, 1), 0, 8), ((1, 1, 1, 1), 4, 513)],
)
def test_parameters_out_of_range_are_refused(blocks: tuple[int, ...], growth_rate: int, initial_channels: int) -> None:
    with pytest.raises(ShapeError, match="four dense blocks"):
        DenseNetParameters(blocks, growth_rate, initial_channels)  # type: ignore[arg-type]


def test_architecture_name() -> None:
    assert architecture_name(DenseNetParameters((6, 12, 32, 32))) == "densenet169"
    assert architecture_name(DenseNetParameters((6, 12, 32, 31))) is None


def test_check_shapes_names_the_first_fault() -> None:
    expected = {"a/kernel": (1, 2), "b/kernel": (3,)}
    check_shapes(dict(expected), expected, "the file")
    with pytest.raises(WeightsShapeError, match=r"1 are missing, the first is b/kernel"):
        check_shapes({"a/kernel": (1, 2)}, expected, "the file")
    with pytest.raises(WeightsSurplusError, match=r"1 more were received, the first is 'c/kernel'"):
        check_shapes(expected | {"c/kernel": (1,)}, expected, "the file")
    with pytest.raises(WeightsShapeError, match=r"b/kernel in the file to have the shape \(3,\); received \(4,\)"):
        check_shapes(expected | {"b/kernel": (4,)}, expected, "the file")
