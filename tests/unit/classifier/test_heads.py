"""Heads: probabilities, thresholds and exact evidence, worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from densexplain.classifier.heads import Head, HeadKind, OutputClass, one_unit
from densexplain.classifier.model_sets.manifest import manifest_from_json, manifest_to_json, read_manifest
from densexplain.classifier.model_sets.model_set import load_model_set, write_model_set
from densexplain.classifier.probability import probability_of
from densexplain.errors import OptionError
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.vocabulary import Finding, Ranking
from tests.tiny_tensors import draw_tensors

NORMAL, FRACTURE, NAIL = OutputClass("normal", is_normal=True), OutputClass("fracture", 0.6), OutputClass("nail", 0.2)
SOFTMAX = Head(HeadKind.SOFTMAX, (NORMAL, FRACTURE, NAIL))
SEVERAL = Head(HeadKind.SIGMOID, (FRACTURE, NAIL))


def test_one_unit_is_abnormal_by_its_logit() -> None:
    head = one_unit(0.4)
    assert [(one.name, one.threshold) for one in head.classes] == [("abnormal", 0.4)]
    assert head.log_odds(np.array([1.5])).tolist() == [1.5]
    assert head.biases(np.array([1.5]), np.array([0.25])).tolist() == [0.25]
    assert (head.first(np.array([-3.0])), head.main) == (0, 0)


def test_log_odds_of_a_softmax_give_its_probabilities() -> None:
    logits = np.log([2.0, 3.0, 5.0])  # shares 0.2, 0.3, 0.5
    odds = SOFTMAX.log_odds(logits)
    np.testing.assert_allclose([probability_of(one) for one in odds], [0.2, 0.3, 0.5], atol=1e-12)
    # What the others hold: log(3 + 5), log(2 + 5), log(2 + 3).
    np.testing.assert_allclose(SOFTMAX.biases(logits, np.ones(3)), 1 - np.log([8.0, 7.0, 5.0]), atol=1e-12)
    assert SOFTMAX.log_odds(np.array([[0.0, 1000.0, -1000.0]])).tolist() == [[-1000.0, 1000.0, -2000.0]]


def test_the_most_probable_class_that_is_not_normal_comes_first() -> None:
    assert SOFTMAX.first(np.array([9.0, 1.0, 2.0])) == 2
    assert SOFTMAX.main == 1
    assert SOFTMAX.place("nail") == 2
    with pytest.raises(OptionError, match="one of the classes normal, fracture, nail; received 'plate'"):
        SOFTMAX.place("plate")


@pytest.mark.parametrize(
    ("kind", "classes", "sentence"),
    [
        (HeadKind.SIGMOID, (), "1 to 64 classes; received 0"),
        (HeadKind.SOFTMAX, (FRACTURE,), "2 to 64 classes; received 1"),
        (HeadKind.SIGMOID, (FRACTURE, FRACTURE), "different names"),
        (HeadKind.SIGMOID, (NORMAL,), "a class that is not normal"),
    ],
)
def test_heads_that_cannot_be_are_refused(kind: HeadKind, classes: tuple[OutputClass, ...], sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence):
        Head(kind, classes)


def test_classes_that_cannot_be_are_refused() -> None:
    with pytest.raises(OptionError, match="1 to 60 characters"):
        OutputClass(" ")
    with pytest.raises(OptionError, match="between 0 and 1; received 1"):
        OutputClass("nail", 1)


@pytest.mark.parametrize("head", [SOFTMAX, SEVERAL], ids=["softmax", "sigmoids"])
def test_every_class_has_an_exact_map(tmp_path: Path, head: Head) -> None:
    folder = tmp_path / "several"
    written = write_model_set(
        folder,
        draw_tensors("tiny", units=len(head.classes)),
        name="several",
        title="Several",
        version="1",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny",
        specification=InputSpecification(64),
        head=head,
        card="",
    )
    assert read_manifest(folder) == written
    assert written.full_head == head
    assert manifest_to_json(written)["format_version"] == 3
    assert manifest_from_json(manifest_to_json(written)).threshold == 0.6
    explainer = Explainer(load_model_set(folder))
    network_input = np.random.default_rng(3).normal(0, 1, (64, 64, 3)).astype(np.float32)
    first = explainer.explain(network_input)
    most = max((one for one in first.classes if one.name != "normal"), key=lambda one: one.probability)
    assert first.output_class == most.name
    total = sum(one.probability for one in first.classes)
    assert (total == pytest.approx(1)) == (head is SOFTMAX)
    for one in head.classes:
        chosen = explainer.explain(network_input, one.name)
        for explanation in (chosen, first.of_class(one.name)):
            assert explanation.output_class == one.name
            assert explanation.evidence_sum + explanation.bias == pytest.approx(explanation.logit, abs=1e-5)
            assert explanation.probability == pytest.approx(1 / (1 + np.exp(-explanation.logit)))
            assert explanation.threshold == one.threshold
            above = explanation.probability > one.threshold
            assert explanation.finding is (Finding.ABNORMAL if above else Finding.NORMAL)
            np.testing.assert_array_equal(explanation.activation_map, chosen.activation_map)
            ranked = explanation.stages[-1].ranked(Ranking.CONTRIBUTION)
            np.testing.assert_array_equal(ranked.channels, chosen.stages[-1].ranked(Ranking.CONTRIBUTION).channels)
        evidence = explainer.evidence([network_input], one.name)
        assert evidence.logits[0] == pytest.approx(chosen.logit, abs=1e-5)
        np.testing.assert_allclose(evidence.maps[0], chosen.activation_map, atol=1e-6)
    with pytest.raises(OptionError, match="received 'plate'"):
        first.of_class("plate")
