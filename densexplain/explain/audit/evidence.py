"""A network's answer to several inputs: logits of one class with their class activation maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Evidence:
    """Evidence of several network inputs, in their order.

    Parameters
    ----------
    logits
        Shape (inputs,), float64, any value.
    maps
        Class activation maps, shape (inputs, rows, columns), float32, signed, in
        logits. The mean of each plus its bias is its logit.
    """

    logits: NDArray[np.float64]
    maps: NDArray[np.float32]

    def __getitem__(self, chosen: slice) -> Evidence:
        """Evidence of some of the inputs."""
        return Evidence(self.logits[chosen], self.maps[chosen])
