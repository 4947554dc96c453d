"""How likely each pixel is text legend, image frame or hardware: a small U-Net.

The weights lie in ``region_network.safetensors`` beside this module, in half
precision. They were fitted by ``docs/region_network.py`` on phantoms, of which
every pixel is known, and on radiographs that have none of the three; how well
they recognise on others is measured by ``tests/benchmarks/bench_regions.py``.

References
----------
Ronneberger, Fischer, Brox, U-Net: Convolutional Networks for Biomedical Image
Segmentation, MICCAI 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from densexplain.graphs.graph import Graph
from densexplain.graphs.session import Session
from densexplain.vocabulary import Region

KINDS = (Region.TEXT_LEGEND, Region.IMAGE_FRAME, Region.HARDWARE)
"""What it recognises, in the order of its outputs."""

Weights = Mapping[str, NDArray[np.generic]]
_SOURCE, _ODDS = "image", "log_odds"
_REPEATED = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}  # each row and column twice


class RegionNetwork:
    """The network, ready to be applied; safe to share between threads.

    Each size of the image is half of the one before; on the way down every size
    has its convolutions, on the way up one of what comes from below beside what
    was there on the way down. The head has four outputs for each of `KINDS`: the
    2 x 2 pixels that became channels.

    Parameters
    ----------
    weights
        By name, ``down.0.1.kernel``, ``up.0.bias``, ``head.kernel``: kernels of
        shape (side, side, inputs, outputs) and biases of shape (outputs,), float16
        or float32, any value.
    """

    def __init__(self, weights: Weights) -> None:
        wiring = _Wiring(weights)
        self._whole = 2**wiring.sizes
        self._session = Session(wiring.graph, (_SOURCE, (1, 1, "rows", "columns")), {_ODDS: wiring.wire()})

    def log_odds(self, grey: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Say for each pixel how likely it belongs to each of `KINDS`.

        Parameters
        ----------
        grey
            Shape (rows, columns), uint8, grey levels of `densexplain.radiograph.regions.working_copy.working_grey`.

        Returns
        -------
        numpy.ndarray
            Natural logarithm of the odds, shape (kinds, rows, columns), float32, any value.
        """
        rows, columns = grey.shape
        image = np.pad(grey, ((0, -rows % self._whole), (0, -columns % self._whole)), mode="edge")
        found = self._session((image.astype(np.float32) / np.float32(255))[None, None], [_ODDS])[_ODDS]
        return np.ascontiguousarray(found[0, :, :rows, :columns])


class _Wiring:
    """Puts the layers of a network into a graph."""

    def __init__(self, weights: Weights) -> None:
        self.graph, self._weights = Graph(), weights
        self.sizes = self._count("down.")

    def wire(self) -> str:
        """From the image to the logarithms of the odds; returns the latter's name."""
        node = self.graph.node
        x = node("SpaceToDepth", [_SOURCE], "folded", blocksize=2)
        kept = []
        for size in range(self.sizes):
            if size:
                x = node("MaxPool", [x], f"halved.{size}", kernel_shape=[2, 2], strides=[2, 2])
            for number in range(self._count(f"down.{size}.")):
                x = self._rectified(x, f"down.{size}.{number}")
            kept.append(x)
        x = kept.pop()
        twice = self.graph.constant("twice", np.array([1, 1, 2, 2], np.float32))
        for number in range(self._count("up.")):
            x = node("Resize", [x, "", twice], f"doubled.{number}", mode="nearest", **_REPEATED)
            x = node("Concat", [x, kept.pop()], f"beside.{number}", axis=1)
            x = self._rectified(x, f"up.{number}")
        return node("DepthToSpace", [self._convolved(x, "head")], "unfolded", blocksize=2, mode="CRD")

    def _rectified(self, x: str, layer: str) -> str:
        return self.graph.node("Relu", [self._convolved(x, layer)], f"{layer}.rectified")

    def _convolved(self, x: str, layer: str) -> str:
        kernel = np.asarray(self._weights[f"{layer}.kernel"], np.float32)
        names = [
            self.graph.constant(f"{layer}.kernel", kernel.transpose(3, 2, 0, 1)),
            self.graph.constant(f"{layer}.bias", np.asarray(self._weights[f"{layer}.bias"], np.float32)),
        ]
        return self.graph.node("Conv", [x, *names], layer, pads=[kernel.shape[0] // 2] * 4)

    def _count(self, prefix: str) -> int:
        return len({name[len(prefix) :].split(".")[0] for name in self._weights if name.startswith(prefix)})


@lru_cache(maxsize=1)
def shipped_network() -> RegionNetwork:
    """Read the weights that come with the project."""
    return RegionNetwork(load_file(Path(__file__).with_suffix(".safetensors")))
