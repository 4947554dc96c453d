from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from densexplain.classifier.classifier import Stage
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.errors import ShapeError
from densexplain.explain.explainer import Explainer
from densexplain.vocabulary import Finding, Ranking
from tests.networks import model_of, pooled_of
from tests.stages import STAGES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def features(model_set: LoadedModelSet, network_inputs: np.ndarray) -> dict[str, np.ndarray]:
    """All feature maps of the first input, from the Keras model."""
    model = model_of(model_set)
    outputs = keras.Model(model.input, [model.get_layer(stage.layer).output for stage in STAGES])
    return dict(
        zip(
            (stage.name for stage in STAGES),
            (maps[0] for maps in outputs.predict(network_inputs[:1], verbose=0)),
            strict=True,
        )
    )


def _head_kernel(explainer: Explainer) -> np.ndarray:
    return explainer.model_set.read_tensors()["predictions/kernel"][:, 0].astype(np.float32)


def test_evidence_and_bias_sum_to_the_logit(explainer: Explainer, network_inputs: np.ndarray) -> None:
    for network_input in network_inputs:
        explanation = explainer.explain(network_input)
        assert explanation.evidence_sum + explanation.bias == pytest.approx(explanation.logit, abs=1e-5)
        assert float(explanation.evidence.sum()) == pytest.approx(explanation.evidence_sum, abs=1e-5)


def test_probability_is_the_keras_models(explainer: Explainer, network_inputs: np.ndarray) -> None:
    expected = model_of(explainer.model_set).predict(network_inputs, verbose=0)[:, 0]
    received = [explainer.explain(network_input).probability for network_input in network_inputs]
    np.testing.assert_allclose(received, expected, atol=1e-6)


def test_map_is_the_features_weighted_by_the_head(
    explainer: Explainer, network_inputs: np.ndarray, features: dict[str, np.ndarray]
) -> None:
    expected = features["block4"] @ _head_kernel(explainer)
    received = explainer.explain(network_inputs[0]).activation_map
    assert received.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-5)  # single precision, of values up to 22


@pytest.mark.parametrize("stage", list(STAGES))
@pytest.mark.parametrize("ranking", list(Ranking))
def test_the_top_sixteen_are_those_of_numpy(
    explainer: Explainer, network_inputs: np.ndarray, features: dict[str, np.ndarray], stage: Stage, ranking: Ranking
) -> None:
    maps = features[stage.name]
    if ranking is Ranking.MAXIMUM:
        strengths = maps.max(axis=(0, 1))
    elif ranking is Ranking.CONTRIBUTION and stage.name == "block4":
        strengths = maps.mean(axis=(0, 1)) * _head_kernel(explainer)
    else:
        strengths = maps.mean(axis=(0, 1))
    received = explainer.explain(network_inputs[0]).stage(stage.name)
    ranked = received.ranked(ranking)
    assert (received.rows, received.columns, received.channels) == maps.shape
    assert received.layer == stage.layer
    assert ranked.channels.shape == (16,)
    assert len(set(ranked.channels.tolist())) == 16
    np.testing.assert_allclose(ranked.strengths, strengths[ranked.channels], atol=1e-5)
    np.testing.assert_allclose(np.abs(ranked.strengths), np.sort(np.abs(strengths))[::-1][:16], atol=1e-5)
    np.testing.assert_allclose(ranked.maps, maps.transpose(2, 0, 1)[ranked.channels], atol=2e-5)


def test_contributions_of_all_channels_make_up_the_logit(explainer: Explainer, network_inputs: np.ndarray) -> None:
    explanation = explainer.explain(network_inputs[0])
    ranked = explanation.stage("block4").ranked(Ranking.CONTRIBUTION)
    left_out = set(range(17)) - set(ranked.channels.tolist())  # 17 channels, 16 kept
    pooled = pooled_of(explainer.model_set, network_inputs[:1])[0]
    rest = sum(float(pooled[k] * _head_kernel(explainer)[k]) for k in left_out)
    assert float(ranked.strengths.sum()) + rest + explanation.bias == pytest.approx(explanation.logit, abs=1e-5)


def test_finding_follows_the_threshold(model_set: LoadedModelSet, network_inputs: np.ndarray) -> None:
    probability = Explainer(model_set).explain(network_inputs[0]).probability
    for threshold, finding in ((probability - 1e-6, Finding.ABNORMAL), (probability, Finding.NORMAL)):
        manifest = replace(model_set.manifest, threshold=threshold)
        explanation = Explainer(replace(model_set, manifest=manifest)).explain(network_inputs[0])
        assert (explanation.finding, explanation.threshold) == (finding, threshold)


def test_arrays_are_read_only(explainer: Explainer, network_inputs: np.ndarray) -> None:
    explanation = explainer.explain(network_inputs[0])
    with pytest.raises(ValueError, match="read-only"):
        explanation.activation_map[0, 0] = 0
    with pytest.raises(ValueError, match="read-only"):
        explanation.stages[0].ranked(Ranking.MEAN).maps[0, 0, 0] = 0


def test_another_shape_is_refused_and_the_next_input_explained(
    explainer: Explainer, network_inputs: np.ndarray
) -> None:
    before = explainer.explain(network_inputs[0])
    with pytest.raises(ShapeError, match=r"received \(32, 32, 3\)"):
        explainer.explain(network_inputs[0, :32, :32])
    assert explainer.explain(network_inputs[0]).logit == before.logit
