"""Grad-CAM and occlusion: worked by hand, and held against tf-keras-vis."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
from tf_keras_vis.utils.scores import CategoricalScore

from densexplain.classifier.classifier import Stage
from densexplain.classifier.engines.keras.gradient import StageGradCam
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.errors import OptionError, ShapeError
from densexplain.evaluation.maps.saliency import grad_cam, occlusion
from densexplain.explain.explainer import Explainer
from tests.networks import logit_of, map_of, model_of
from tests.stages import BLOCK3, BLOCK4

pytestmark = pytest.mark.slow


def _oracle(model_set: LoadedModelSet, network_input: np.ndarray, stage: Stage) -> np.ndarray:
    return Gradcam(model_of(model_set), model_modifier=ReplaceToLinear(), clone=True)(
        CategoricalScore([0]),
        network_input[None],
        penultimate_layer=stage.layer,
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )[0]


def _grad_cam_at(model_set: LoadedModelSet, stage: int) -> StageGradCam:
    return StageGradCam(model_set.manifest.network, model_set.read_tensors(), stage)


def test_at_the_last_stage_it_is_the_positive_part_of_the_activation_map(
    model_set: LoadedModelSet, network_inputs: np.ndarray
) -> None:
    for network_input in network_inputs[:3]:
        found, cam = grad_cam(Explainer(model_set), network_input), map_of(model_set, network_input)
        np.testing.assert_allclose(found * found.size, np.maximum(cam, 0), rtol=1e-6)
        oracle = _oracle(model_set, network_input, BLOCK4)
        np.testing.assert_allclose(found, oracle, rtol=1e-3, atol=1e-5)


def test_at_an_earlier_stage_it_is_that_of_tf_keras_vis(model_set: LoadedModelSet, network_inputs: np.ndarray) -> None:
    at_block_3 = _grad_cam_at(model_set, -2)
    warm = 0
    for network_input in network_inputs[:4]:
        found = at_block_3(network_input)
        assert found.shape == (4, 4)
        np.testing.assert_allclose(found, _oracle(model_set, network_input, BLOCK3), rtol=1e-3, atol=1e-5)
        warm += int(found.max() > 0)
    assert warm >= 1  # so that the comparison says something


def test_the_gradient_at_the_last_stage_is_the_head_over_the_cells(
    model_set: LoadedModelSet, network_inputs: np.ndarray
) -> None:
    with_gradient = _grad_cam_at(model_set, -1)
    for network_input in network_inputs[:3]:
        np.testing.assert_allclose(
            with_gradient(network_input), grad_cam(Explainer(model_set), network_input), rtol=1e-4, atol=1e-6
        )


def test_another_backend_is_refused(model_set: LoadedModelSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(OptionError, match=r"expected KERAS_BACKEND=tensorflow .* received jax"):
        _grad_cam_at(model_set, -2)


def test_batched_logits_are_those_of_the_forward_pass(model_set: LoadedModelSet, network_inputs: np.ndarray) -> None:
    found = Explainer(model_set).logits(iter(network_inputs))
    expected = [logit_of(model_set, network_input) for network_input in network_inputs]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert Explainer(model_set).logits([]).shape == (0,)


def test_batches_that_cannot_be_are_refused(model_set: LoadedModelSet) -> None:
    with pytest.raises(ShapeError, match=r"\(64, 64, 3\) and float32; received \(32, 32, 3\)"):
        Explainer(model_set).logits([np.zeros((32, 32, 3), np.float32)])


def _sum_of_first_channel(inputs: object) -> np.ndarray:
    return np.array([one[..., 0].sum(dtype=np.float64) for one in inputs])  # type: ignore[attr-defined]


_FOUR = np.repeat(np.arange(16, dtype=np.float32).reshape(4, 4, 1), 3, axis=2)


def test_occlusion_is_what_the_covered_pixels_gave() -> None:
    """For a network that adds up its pixels, the fall is the sum of the patch: 0 + 1 + 4 + 5 in the first."""
    found = occlusion(_sum_of_first_channel, _FOUR, patch_px=2, stride_px=2)
    np.testing.assert_array_equal(found, [[10, 18], [42, 50]])
    with_one = occlusion(_sum_of_first_channel, _FOUR, patch_px=2, stride_px=2, fill=1.0)
    np.testing.assert_array_equal(with_one, [[6, 14], [38, 46]])


def test_where_patches_overlap_a_cell_has_their_mean() -> None:
    """Four patches of 2 px cover the second pixel of the second row: (10 + 14 + 26 + 30) / 4."""
    found = occlusion(_sum_of_first_channel, _FOUR, patch_px=2, stride_px=1)
    assert found.shape == (4, 4)
    assert (found[0, 0], found[0, 1], found[1, 1]) == (10, 12, 20)


def test_occlusion_leaves_its_input_alone(model_set: LoadedModelSet, network_inputs: np.ndarray) -> None:
    before = network_inputs[0].copy()
    found = occlusion(Explainer(model_set).logits, network_inputs[0], 16, 16)
    assert found.shape == (4, 4)
    assert np.abs(found).max() > 1e-4
    np.testing.assert_array_equal(network_inputs[0], before)


@pytest.mark.parametrize(("patch_px", "stride_px"), [(3, 2), (2, 3), (8, 4), (2, 0), (1, 2)])
def test_sizes_that_do_not_divide_each_other_are_refused(patch_px: int, stride_px: int) -> None:
    with pytest.raises(OptionError, match=r"expected a stride that divides the patch and the input of 4 px"):
        occlusion(_sum_of_first_channel, _FOUR, patch_px, stride_px)
