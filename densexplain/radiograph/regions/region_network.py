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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from densexplain.radiograph.regions.convolution import Convolution, doubled, folded, halved, rectified, unfolded
from densexplain.vocabulary import Region

KINDS = (Region.TEXT_LEGEND, Region.IMAGE_FRAME, Region.HARDWARE)
"""What it recognises, in the order of its outputs."""


@dataclass(frozen=True, eq=False)
class RegionNetwork:
    """Layers from coarse input to fine output.

    Parameters
    ----------
    down
        For each size of the image the convolutions that are applied to it; each
        size is half of the one before.
    up
        For each size but the smallest, from small to large, the convolution of
        what comes from below beside what was there on the way down.
    head
        Four outputs for each of `KINDS`, the 2 x 2 pixels that became channels.
    """

    down: tuple[tuple[Convolution, ...], ...]
    up: tuple[Convolution, ...]
    head: Convolution

    @classmethod
    def of(cls, weights: Mapping[str, NDArray[np.generic]]) -> RegionNetwork:
        """Put one together from named weights: `down.0.1.kernel`, `up.0.bias`, `head.kernel`.

        Parameters
        ----------
        weights
            Kernels of shape (side, side, inputs, outputs) and biases of shape
            (outputs,), float16 or float32, any value.
        """

        def layer(name: str) -> Convolution:
            return Convolution(
                np.asarray(weights[f"{name}.kernel"], np.float32), np.asarray(weights[f"{name}.bias"], np.float32)
            )

        def count(prefix: str) -> int:
            return len({name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)})

        return cls(
            tuple(
                tuple(layer(f"down.{size}.{number}") for number in range(count(f"down.{size}.")))
                for size in range(count("down."))
            ),
            tuple(layer(f"up.{number}") for number in range(count("up."))),
            layer("head"),
        )

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
        whole = 2 ** len(self.down)
        image = np.pad(grey, ((0, -rows % whole), (0, -columns % whole)), mode="edge").astype(np.float32)
        features = folded(image / np.float32(255))
        kept = []
        for number, layers in enumerate(self.down):
            features = halved(features) if number else features
            for layer in layers:
                features = rectified(layer(features))
            kept.append(features)
        features = kept.pop()
        for layer in self.up:
            features = rectified(layer(np.concatenate([doubled(features), kept.pop()], axis=2)))
        return unfolded(self.head(features))[:, :rows, :columns]


@lru_cache(maxsize=1)
def shipped_network() -> RegionNetwork:
    """Read the weights that come with the project."""
    return RegionNetwork.of(load_file(Path(__file__).with_suffix(".safetensors")))
