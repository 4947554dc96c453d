"""Established maps to compare the class activation map with: Grad-CAM and occlusion.

On the stage model both are one step. A map is raw and signed where its method
is; it lies over the network input, whatever its rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.evaluation.maps.map_measures import Logits
from densexplain.explain.explainer import Explainer


def grad_cam(explainer: Explainer, network_input: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grad-CAM of the logit at the last stage, without a gradient.

    With global average pooling and one unit, the gradient of the logit with
    respect to feature map k is ``head_kernel[k] / (rows * columns)`` in every
    cell. So Grad-CAM here is the positive part of the class activation map,
    divided by the number of cells.

    Parameters
    ----------
    explainer
        Explainer of the model set.
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
    activation_map = explainer.evidence([network_input]).maps[0]
    return np.asarray(np.maximum(activation_map, 0) / np.float32(activation_map.size), np.float32)


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
