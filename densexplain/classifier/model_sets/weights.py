"""How weights are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[np.generic]]
"""Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value."""


def halve_kernels(tensors: Mapping[str, NDArray[Any]]) -> Tensors:
    """Store convolution kernels in half precision and everything else in single.

    Four-dimensional kernels are nearly all of the bytes; batch normalisation
    statistics and the head stay exact because the logit rests on them directly.

    Parameters
    ----------
    tensors
        Arrays by ``layer/variable``, each of its variable's shape, float16 to float64, any value.

    Returns
    -------
    dict
        The same names and shapes, float16 or float32, any value.
    """
    return {name: tensor.astype(np.float16 if tensor.ndim == 4 else np.float32) for name, tensor in tensors.items()}
