"""Established maps to compare the class activation map with: Grad-CAM and occlusion.

On the stage model both are one step. A map is raw and signed where its method
is; it lies over the network input, whatever its rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from densexplain.classifier.engines.keras_forward import compiler_for
from densexplain.classifier.engines.keras_operations import TensorParts, fold
from densexplain.classifier.families.wiring import wire_densenet
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.errors import OptionError
from densexplain.evaluation.maps.map_measures import Logits
from densexplain.explain.batched_logits import logits_of
from densexplain.vocabulary import Stage


def grad_cam(model_set: LoadedModelSet, network_input: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grad-CAM of the logit at the last stage, without a gradient.

    With global average pooling and one unit, the gradient of the logit with
    respect to feature map k is ``head_kernel[k] / (rows * columns)`` in every
    cell. So Grad-CAM here is the positive part of the class activation map,
    divided by the number of cells.

    Parameters
    ----------
    model_set
        Read only.
    network_input
        Shape (size_px, size_px, 3), float32, normalised.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float32, >= 0, in logits.

    References
    ----------
    Selvaraju et al., Grad-CAM, ICCV 2017, section 3.1.
    """
    activation_map = model_set.forward(network_input)["activation_map"]
    return np.asarray(np.maximum(activation_map, 0) / np.float32(activation_map.size), np.float32)


class StageGradCam:
    """Grad-CAM of the logit at an earlier stage, where a gradient is truly needed.

    Parameters
    ----------
    model_set
        Read only.
    stage
        Stage whose feature maps are weighted; `Stage.BLOCK3` has four times the cells of the last.

    Raises
    ------
    OptionError
        If Keras's backend is not TensorFlow: the others have no gradient with
        respect to a value on the way.
    """

    def __init__(self, model_set: LoadedModelSet, stage: Stage = Stage.BLOCK3) -> None:
        backend = keras.config.backend()
        if backend != "tensorflow":
            raise OptionError(f"expected KERAS_BACKEND=tensorflow for Grad-CAM of {stage}; received {backend}")
        parameters, size_px = model_set.manifest.architecture, model_set.manifest.specification.size_px

        def forward(batch: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(batch)
                stages = wire_densenet(parameters, batch, TensorParts(weights))
                logits = logits_of(stages[Stage.BLOCK4], weights)
            shares = ops.mean(tape.gradient(logits, stages[stage]), axis=(1, 2), keepdims=True)
            return {"map": ops.relu(ops.sum(stages[stage] * shares, axis=-1))[0]}

        weights = {name: ops.convert_to_tensor(array) for name, array in fold(model_set.tensors).items()}
        self._compiled = compiler_for(backend)(forward, weights, (1, size_px, size_px, 3))

    def __call__(self, network_input: NDArray[np.float32]) -> NDArray[np.float32]:
        """The map of one network input: shape (rows, columns) of the stage, float32, >= 0, in logits per cell."""
        return np.asarray(self._compiled(network_input[None])["map"], np.float32)


def occlusion(
    logits: Logits, network_input: NDArray[np.float32], patch_px: int = 32, stride_px: int = 32, fill: float = 0.0
) -> NDArray[np.float64]:
    """How far the logit falls when a patch is covered.

    Costs one forward pass for each position of the patch: 100 for 320 px and
    patches of 32 px beside each other.

    Parameters
    ----------
    logits
        The network.
    network_input
        Shape (size_px, size_px, 3), float32, normalised.
    patch_px
        Edge of the square patch, a multiple of `stride_px`.
    stride_px
        Distance from one position to the next; divides the edge of the input.
    fill
        Value of the patch, in the input's normalised values; 0 is the mean that the input specification names.

    Returns
    -------
    numpy.ndarray
        Shape (size_px / stride_px, size_px / stride_px), float64, signed, in
        logits: the mean for each cell over the patches that cover it. Above 0, what
        was covered is evidence for an abnormal finding.

    Raises
    ------
    OptionError
        If the sizes do not divide each other.

    References
    ----------
    Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014, section 4.2.
    """
    size_px = network_input.shape[0]
    if stride_px < 1 or size_px % stride_px or patch_px % stride_px or not stride_px <= patch_px <= size_px:
        raise OptionError(
            f"expected a stride that divides the patch and the input of {size_px} px; "
            f"received a patch of {patch_px} px and a stride of {stride_px} px"
        )
    cells, reach = size_px // stride_px, patch_px // stride_px
    places = [(row, column) for row in range(cells - reach + 1) for column in range(cells - reach + 1)]

    def inputs() -> Iterator[NDArray[np.float32]]:
        yield network_input
        for row, column in places:
            covered = network_input.copy()
            top, left = row * stride_px, column * stride_px
            covered[top : top + patch_px, left : left + patch_px] = fill
            yield covered

    found = logits(inputs())
    total, count = np.zeros((cells, cells)), np.zeros((cells, cells))
    for (row, column), logit in zip(places, found[1:], strict=True):
        cover = np.s_[row : row + reach, column : column + reach]
        total[cover] += found[0] - logit
        count[cover] += 1
    return total / count
