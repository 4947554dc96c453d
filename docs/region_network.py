"""Fit the network that finds regions: `python docs/region_network.py PHANTOMS [--without FOLDER] [--out FILE]`.

PHANTOMS is a data set of the command `phantom`, whose split `train` is used, and
FOLDER one of radiographs that have neither text legends nor hardware. What is
shipped was fitted on

    python -m densexplain phantom --out PHANTOMS --count 2300 --seed 11 --valid 0.13

on 4,300 more phantoms that all have hardware, and on every third radiograph of the
split `train` that the model set `knee` was trained on, in three phases: the later
ones see more hardware. They take some two hours and a quarter on two cores. The file replaces
`densexplain/radiograph/regions/region_network.safetensors`; how well regions are found is
measured by `tests/benchmarks/bench_regions.py`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from region_examples import Drawer, Shares, of_data_set, with_hardware, without_regions
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional

from densexplain.radiograph.regions.region_network import KINDS
from densexplain.vocabulary import Region, Split

_UNITS = (16, 32, 48, 64, 64, 64)
"""Channels at half of the working copy's size, a quarter and so on."""

_BATCH, _LAST_RATE, _WARM_UP, _DECAY = 8, 0.02, 100, 1e-3
_CROSS_ENTROPY, _SMOOTH_PX = 5.0, 50.0
_STEPS_TOLD = 50


@dataclass(frozen=True)
class Phase:
    """One fall of the learning rate.

    Parameters
    ----------
    steps
        Batches.
    rate
        Highest learning rate.
    hardware
        Phantoms with hardware that are added: how many, and their seed.
    shares
        What is drawn.
    hardware_weight
        Weight in the loss; the other kinds have 1.
    """

    steps: int
    rate: float
    hardware: tuple[tuple[int, int], ...]
    shares: Shares
    hardware_weight: float


PHASES = (
    Phase(8500, 2e-3, ((700, 7001), (700, 7002)), Shares(0.1, 0.4, 0.55, 0.7), 1.0),
    Phase(5000, 1e-3, ((450, 7004), (450, 7005)), Shares(0.08, 0.55, 0.68, 0.78), 2.0),
    Phase(9000, 1e-3, ((1000, 7006), (1000, 7007)), Shares(0.08, 0.52, 0.68, 0.78), 2.0),
)
"""What is shipped was fitted in these."""


class Layer(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.normalisation = nn.BatchNorm2d(outputs, momentum=0.02)

    def forward(self, features: Tensor) -> Tensor:
        """Apply it to features, shape (count, channels, rows, columns)."""
        return functional.relu(self.normalisation(self.convolution(features)))

    def weights(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Fold the normalisation into kernel and bias."""
        norm = self.normalisation
        assert norm.running_var is not None
        assert norm.running_mean is not None
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel, bias = self.convolution.weight * gain[:, None, None, None], norm.bias - norm.running_mean * gain
        return _named(name, kernel, bias)


class Network(nn.Module):
    """What `densexplain.radiograph.regions.region_network.RegionNetwork` applies."""

    def __init__(self) -> None:
        super().__init__()
        inputs = 4, *_UNITS[:-1]
        self.down = nn.ModuleList(
            nn.ModuleList([Layer(before, units), Layer(units, units)])
            for before, units in zip(inputs, _UNITS, strict=True)
        )
        self.up = nn.ModuleList(
            Layer(below + units, units) for below, units in zip(_UNITS[:0:-1], _UNITS[-2::-1], strict=True)
        )
        self.head = nn.Conv2d(_UNITS[0], 4 * len(KINDS), 1)

    def forward(self, images: Tensor) -> Tensor:
        """Give log odds, shape (count, kinds, rows, columns), of images, shape (count, 1, rows, columns)."""
        features, kept = functional.pixel_unshuffle(images, 2), []
        for number, layers in enumerate(self.down):
            features = functional.max_pool2d(features, 2) if number else features
            for layer in layers:  # type: ignore[attr-defined]
                features = layer(features)
            kept.append(features)
        features = kept.pop()
        for layer in self.up:
            features = layer(torch.cat([functional.interpolate(features, scale_factor=2), kept.pop()], dim=1))
        return functional.pixel_shuffle(self.head(features), 2)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Name all weights as `RegionNetwork` expects them."""
        named = _named("head", self.head.weight, self.head.bias)
        for size, layers in enumerate(self.down):
            for number, layer in enumerate(layers):  # type: ignore[arg-type]
                named |= layer.weights(f"down.{size}.{number}")
        for number, layer in enumerate(self.up):
            named |= layer.weights(f"up.{number}")  # type: ignore[operator]
        return named


def main() -> None:
    """Read the arguments, gather examples, fit, and write."""
    options = _options()
    phantoms = of_data_set(options.phantoms, Split.TRAIN)
    radiographs = [] if options.without is None else without_regions(options.without)
    network = Network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for number, phase in enumerate(PHASES):
        for count, seed in phase.hardware:
            phantoms += with_hardware(count, seed)
        sys.stdout.write(f"phase {number + 1}: {len(phantoms)} phantoms, {len(radiographs)} radiographs\n")
        rng = np.random.default_rng(options.seed + number)
        fit(network, Drawer(phantoms, radiographs, phase.shares, rng), phase)
    if options.out is not None:
        half = {name: np.asarray(value, np.float16) for name, value in network.eval().weights().items()}
        save_file(half, options.out)


def fit(network: Network, drawer: Drawer, phase: Phase) -> None:
    """Fit for one phase: cross-entropy and Dice of what is known, AdamW, the rate falling along a cosine."""
    optimiser = torch.optim.AdamW(network.parameters(), phase.rate, weight_decay=_DECAY)
    weights = torch.tensor([phase.hardware_weight if kind is Region.HARDWARE else 1.0 for kind in KINDS])
    for step in range(phase.steps):
        fall = 0.5 * (1 + np.cos(np.pi * step / phase.steps)) * (1 - _LAST_RATE) + _LAST_RATE
        for group in optimiser.param_groups:
            group["lr"] = phase.rate * min(1.0, (step + 1) / _WARM_UP) * fall
        images, kinds, known = (torch.from_numpy(array) for array in drawer.batch(_BATCH))
        with torch.autocast("cpu", torch.bfloat16):
            odds = network(images.to(memory_format=torch.channels_last))
        loss = _loss(odds.float(), kinds, known, weights)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % _STEPS_TOLD == 0:
            sys.stdout.write(f"step {step + 1} of {phase.steps}: loss {loss.item():.4f}\n")
            sys.stdout.flush()


def _loss(odds: Tensor, kinds: Tensor, known: Tensor, weights: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(odds, kinds, reduction="none") * known
    cross_entropy = (each * weights[:, None, None]).mean()
    over = (0, 2, 3)
    said, true = torch.sigmoid(odds) * known, kinds * known
    both, either = (said * true).sum(over), said.sum(over) + true.sum(over)
    dice = 1 - (2 * both + _SMOOTH_PX) / (either + _SMOOTH_PX)
    return _CROSS_ENTROPY * cross_entropy + (dice * weights).mean()


def _named(name: str, kernel: Tensor, bias: Tensor) -> dict[str, NDArray[np.float32]]:
    laid = kernel.detach().permute(2, 3, 1, 0).numpy()  # rows, columns, inputs, outputs
    return {f"{name}.kernel": np.ascontiguousarray(laid), f"{name}.bias": bias.detach().numpy()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantoms", type=Path, metavar="PHANTOMS")
    parser.add_argument("--without", type=Path, metavar="FOLDER", help="radiographs without legends and hardware")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the draw (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the weights there")
    return parser.parse_args()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    main()
