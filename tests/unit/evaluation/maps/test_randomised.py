"""A network that forgets what it learnt gives another map, and the one that is shared forgets nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.model_set import LoadedModelSet, load_model_set, write_model_set
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import OptionError
from densexplain.evaluation.maps.randomised import cascade, randomised_classifiers, randomised_tensors, similarity
from densexplain.radiograph.preprocessing import InputSpecification
from tests.networks import map_of

pytestmark = pytest.mark.slow

TINY = ARCHITECTURES["tiny"]
_SIZE_PX = 256


@pytest.fixture(scope="module")
def larger(model_set: LoadedModelSet, tmp_path_factory: pytest.TempPathFactory) -> LoadedModelSet:
    """The tiny network at 256 px: its map has 8 x 8 cells, enough for a correlation."""
    folder = tmp_path_factory.mktemp("models") / "larger"
    write_model_set(
        folder,
        model_set.read_tensors(),
        name="larger",
        title="",
        version="1",
        purpose="",
        not_for="",
        architecture="tiny",
        specification=InputSpecification(_SIZE_PX),
        card="",
    )
    return load_model_set(folder)


@pytest.fixture(scope="module")
def inputs() -> list[np.ndarray]:
    """Coarse noise of several grains, so that maps have structure."""
    draw, found = np.random.default_rng(5), []
    for grain in (4, 8, 16, 32, 4, 8, 16, 32):
        coarse = draw.normal(0, 1, (grain, grain)).astype(np.float32)
        grey = cv2.resize(coarse, (_SIZE_PX, _SIZE_PX), interpolation=cv2.INTER_CUBIC)
        found.append(np.repeat(grey[..., None], 3, axis=2))
    return found


def test_an_identical_network_gives_the_same_map(larger: LoadedModelSet, inputs: list[np.ndarray]) -> None:
    again = load_model_set(Path(larger.folder))
    for one in inputs:
        found = similarity(map_of(larger, one), map_of(again, one))
        assert (found.correlation, found.structure) == (pytest.approx(1), pytest.approx(1))


def test_randomised_weights_change_the_map(larger: LoadedModelSet, inputs: list[np.ndarray]) -> None:
    before = [map_of(larger, one) for one in inputs]
    tensors = {name: tensor.copy() for name, tensor in larger.read_tensors().items()}
    found: dict[str, list[float]] = {step: [] for step in cascade(TINY)}
    for seed in range(4):
        for step, classifier in randomised_classifiers(larger, seed):
            for one, map_before in zip(inputs, before, strict=True):
                found[step].append(similarity(map_before, classifier.evidence(one[None]).maps[0, 0]).correlation)
    for step in cascade(TINY):
        assert np.isfinite(found[step]).all()
        assert np.mean(np.abs(found[step])) < 0.5, step
    for name, tensor in larger.read_tensors().items():
        np.testing.assert_array_equal(tensor, tensors[name])
    np.testing.assert_array_equal(map_of(larger, inputs[0]), before[0])


def test_each_step_forgets_one_stage_more(model_set: LoadedModelSet) -> None:
    def changed(step: str) -> set[str]:
        drawn = randomised_tensors(TINY, tensors, step, 0)
        return {name for name, tensor in drawn.items() if tensor is not tensors[name]}

    tensors = model_set.read_tensors()

    steps = [changed(step) for step in cascade(TINY)]
    assert steps[0] == {"predictions/kernel", "predictions/bias"}
    assert all(fewer < more for fewer, more in pairwise(steps))
    assert steps[-1] == set(tensors)
    assert not any(name.startswith(("conv4", "pool4")) for name in steps[1])
    assert all(name.startswith("conv1_") for name in steps[5] - steps[4])


def test_weights_are_drawn_as_before_training(model_set: LoadedModelSet) -> None:
    drawn = randomised_tensors(TINY, model_set.read_tensors(), "conv1", 3)
    kernel = drawn["conv1_conv/kernel"]
    assert kernel.std() == pytest.approx(np.sqrt(2 / (7 * 7 * 3)), rel=0.05)
    assert (drawn["bn/gamma"] == 1).all()
    assert (drawn["bn/moving_mean"] == 0).all()
    other = randomised_tensors(TINY, model_set.read_tensors(), "conv1", 4)["conv1_conv/kernel"]
    assert not np.array_equal(kernel, other)
    np.testing.assert_array_equal(
        drawn["predictions/kernel"], randomised_tensors(TINY, model_set.read_tensors(), "head", 3)["predictions/kernel"]
    )


def test_the_order_of_the_tensors_does_not_matter(model_set: LoadedModelSet) -> None:
    turned = dict(reversed(list(model_set.read_tensors().items())))
    first, second = (randomised_tensors(TINY, tensors, "conv1", 3) for tensors in (model_set.read_tensors(), turned))
    for name, tensor in first.items():
        np.testing.assert_array_equal(tensor, second[name])


def test_a_step_that_is_none_is_refused(model_set: LoadedModelSet) -> None:
    with pytest.raises(OptionError, match=r"`down_to` must be one of head, block4, .*; received tail"):
        randomised_tensors(TINY, model_set.read_tensors(), "tail", 0)


def test_similarity_worked_by_hand() -> None:
    """0, 1 against 1, 0: means 0.5, variances 0.25, covariance -0.25."""
    found = similarity(np.array([[3.0, 5.0]]), np.array([[2.0, 1.0]]))
    expected = (0.5 + 0.0001) * (-0.5 + 0.0009) / ((0.5 + 0.0001) * (0.5 + 0.0009))
    assert found.correlation == pytest.approx(-1)
    assert found.structure == pytest.approx(expected)
    flat = similarity(np.zeros((2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert np.isnan(flat.correlation)
    assert abs(flat.structure) < 0.05
