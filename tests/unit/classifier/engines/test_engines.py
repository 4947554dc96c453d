"""Every engine keeps what the port promises, and they agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from densexplain.classifier.classifier import Classifier
from densexplain.classifier.engines.keras.classifier import keras_classifier
from densexplain.classifier.engines.keras.compiling import compiler_for
from densexplain.classifier.engines.onnx.classifier import onnx_classifier
from densexplain.classifier.heads import Head, HeadKind, OutputClass, one_unit
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import OptionError, ShapeError, WeightsShapeError
from tests.tiny_tensors import Tensors, draw_tensors

pytestmark = pytest.mark.slow

TINY = Network(ARCHITECTURES["tiny"], one_unit(), 64)
SEVERAL = Head(HeadKind.SOFTMAX, (OutputClass("normal", is_normal=True), OutputClass("fracture"), OutputClass("nail")))
MEMBERS = ["tiny", "tiny-resnet", "tiny-attention"]

Make = Callable[[Network, Tensors], Classifier]
engines = pytest.mark.parametrize("make", [keras_classifier, onnx_classifier])


@engines
def test_the_same_input_gives_the_same_bits(make: Make, tiny_tensors: Tensors) -> None:
    classifier = make(TINY, tiny_tensors)
    batch = np.full((1, 64, 64, 3), 0.5, np.float32)
    (first,), (second,) = classifier.explain(batch), classifier.explain(batch)
    other = classifier.logits(np.linspace(-1, 1, 64 * 64 * 3, dtype=np.float32).reshape(1, 64, 64, 3))
    assert np.array_equal(first.maps, second.maps)
    assert np.array_equal(first.contributions[0].maps, second.contributions[0].maps)
    assert other[0, 0] != first.logits[0]
    ranked = next(iter(first.rankings[0].values()))
    assert (ranked.maps.dtype, ranked.channels.dtype) == (np.float32, np.int32)
    with pytest.raises(ValueError, match="read-only"):
        ranked.maps[0, 0, 0] = 0


@engines
def test_another_shape_or_type_is_refused(make: Make, tiny_tensors: Tensors) -> None:
    classifier = make(TINY, tiny_tensors)
    with pytest.raises(ShapeError, match=r"received \(65, 64, 3\) and float32"):
        classifier.logits(np.zeros((1, 65, 64, 3), np.float32))
    with pytest.raises(ShapeError, match="and float64"):
        classifier.evidence(np.zeros((1, 64, 64, 3), np.float64))  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="received none"):
        classifier.explain(np.zeros((0, 64, 64, 3), np.float32))


@engines
def test_tensors_of_another_network_are_refused(make: Make, tiny_tensors: Tensors) -> None:
    with pytest.raises(WeightsShapeError):
        make(Network(ARCHITECTURES["densenet121"], one_unit(), 64), tiny_tensors)


def test_another_backend_is_refused() -> None:
    with pytest.raises(OptionError, match="must be one of tensorflow, jax; received torch"):
        compiler_for("torch")


@pytest.mark.parametrize("architecture", MEMBERS)
def test_engines_agree_on_every_family_and_batches_on_single_passes(architecture: str) -> None:
    network = Network(ARCHITECTURES[architecture], SEVERAL, 64)
    tensors = draw_tensors(architecture, units=3)
    batch = np.random.default_rng(7).normal(0, 1, (5, 64, 64, 3)).astype(np.float32)
    ours, theirs = onnx_classifier(network, tensors), keras_classifier(network, tensors)
    assert ours.stages == theirs.stages
    found, expected = ours.explain(batch), theirs.explain(batch)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.logits, other.logits, atol=1e-4)
        np.testing.assert_allclose(one.maps, other.maps, atol=1e-4)
        np.testing.assert_allclose(one.pooled_halves, other.pooled_halves, atol=1e-4)
        pairs = [(one.rankings[at][by], other.rankings[at][by]) for at in range(5) for by in one.rankings[at]]
        for ranked, reference in [*pairs, *zip(one.contributions, other.contributions, strict=True)]:
            np.testing.assert_array_equal(ranked.channels, reference.channels)
            np.testing.assert_allclose(ranked.strengths, reference.strengths, atol=1e-4)
            np.testing.assert_allclose(ranked.maps, reference.maps, atol=1e-4)
    for classifier in (ours, theirs):
        alone = classifier.explain(batch[3:4])[0]
        np.testing.assert_allclose(classifier.logits(batch)[3], alone.logits, atol=1e-5)
        evidence = classifier.evidence(batch)
        np.testing.assert_allclose(evidence.maps[3], alone.maps, atol=1e-5)
        sums = evidence.maps.mean(axis=(2, 3)) + classifier.biases
        np.testing.assert_allclose(sums, evidence.logits, atol=1e-5)
