"""An independent oracle: Grad-CAM of tf-keras-vis.

With global average pooling and one unit, the gradient of the logit with respect
to feature map k is w_k / (rows * columns) everywhere, so Grad-CAM on the last
ReLU is the class activation map's positive part up to a constant.
(Selvaraju et al., Grad-CAM, ICCV 2017, section 3.1.)
"""

from __future__ import annotations

import numpy as np
import pytest
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
from tf_keras_vis.utils.scores import CategoricalScore

from densexplain.explain.explainer import Explainer
from tests.networks import model_of

pytestmark = pytest.mark.slow


def test_the_positive_part_is_grad_cam_up_to_a_constant(explainer: Explainer, network_inputs: np.ndarray) -> None:
    grad_cam = Gradcam(model_of(explainer.model_set), model_modifier=ReplaceToLinear(), clone=True)
    compared = 0
    for network_input in network_inputs:
        positive = np.maximum(explainer.explain(network_input).activation_map, 0)
        oracle = grad_cam(
            CategoricalScore([0]),
            network_input[None],
            penultimate_layer="relu",
            seek_penultimate_conv_layer=False,  # seeking ends at a convolution of growth_rate channels
            expand_cam=False,
            normalize_cam=False,
        )[0]
        assert oracle.shape == positive.shape
        np.testing.assert_allclose(oracle * positive.size, positive, rtol=1e-3, atol=1e-5)
        compared += int(positive.max() > 0 and positive.min() == 0)
    assert compared >= 1  # at least one map has both signs, so that the comparison says something
