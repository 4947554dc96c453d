"""Fit how likely a pixel is metal: `python docs/metal_odds.py PHANTOMS [--out FILE]`.

PHANTOMS is a data set of the command `phantom`; its split `train` is used: every
radiograph with hardware, and some without. What is shipped was fitted on

    python -m densexplain phantom --out PHANTOMS --count 2300 --seed 11 --valid 0.13

Every fifth radiograph is held out, and precision and recall of single pixels on
those are printed. The file replaces `densexplain/radiograph/metal_odds.json`; what
the detectors make of it is measured by `tests/benchmarks/bench_regions.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from object_odds import reduced
from sklearn.metrics import average_precision_score
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from densexplain.radiograph.dense_objects import working_grey
from densexplain.radiograph.metal_odds import MetalNetwork
from densexplain.radiograph.pixel_measures import PIXEL_MEASURES, pixel_measures
from densexplain.radiograph.regions import Mask
from densexplain.training.images import read_training_image
from densexplain.training.mura import read_data_set
from densexplain.training.truth import Truth, read_truth
from densexplain.vocabulary import Region, Split

_UNITS = (24, 12)
_PASSES, _FIRST_RATE, _SLOWER = 16, 3e-3, 0.82
_METAL, _BESIDE, _HARD, _REST = 350, 150, 900, 120  # pixels of a radiograph that are learnt from
_FIRST_HARD = 250  # before it is known which are the hardest
_BESIDE_PX = 13  # width of the neighbourhood of metal that is told from it; its blurred edge is left out
_RAISED = 0.85  # quantile of the white top-hat from which a pixel is hard to tell
_HARDEST = -3.0  # log odds from which a pixel without metal is learnt from again
_MARGIN_PX = 5  # what is found of letters and frames reaches a little further than they do
_HELD_OUT = 5
_RAISED_BY = PIXEL_MEASURES.index("white top-hat of 19 px")

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pixels:
    """Pixels that are learnt from: their measures, whether they are metal, radiograph, and whether kept at first."""

    measures: Floats
    metal: NDArray[np.bool_]
    image: NDArray[np.int64]
    first: NDArray[np.bool_]


def main() -> None:
    """Read the arguments, measure, fit twice, say how well, and write."""
    options = _options()
    pixels = collect(options.phantoms, options.without, options.seed)
    learnt = pixels.image % _HELD_OUT != 0
    centre, scale = pixels.measures[learnt].mean(axis=0), pixels.measures[learnt].std(axis=0) + np.float32(1e-6)
    network = fit(pixels, learnt & pixels.first, centre, scale, options.seed)
    hardest = pixels.first | (network.log_odds(pixels.measures) > _HARDEST)
    network = fit(pixels, learnt & hardest, centre, scale, options.seed)
    odds = network.log_odds(pixels.measures[~learnt])
    truth, said = pixels.metal[~learnt], odds > 0
    sys.stdout.write(
        f"metal: recall {said[truth].mean():.3f}, precision {truth[said].mean():.3f}, average precision "
        f"{average_precision_score(truth, odds):.3f} of {len(truth)} pixels held out\n"
    )
    if options.out is not None:
        kept = {
            "measures": list(PIXEL_MEASURES),
            "centre": _plain(centre),
            "scale": _plain(scale),
            "kernels": [_plain(kernel) for kernel in network.kernels],
            "biases": [_plain(bias) for bias in network.biases],
        }
        options.out.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def collect(folder: Path, without: int, seed: int) -> Pixels:
    """Measure pixels of every radiograph with hardware, and of so many without."""
    rng = np.random.default_rng(seed)
    items = read_data_set(folder, Split.TRAIN)
    parts: list[tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]] = []
    for place in rng.permutation(len(items)):
        truth = read_truth(folder, items[place])
        if Region.HARDWARE not in truth.regions:
            if without == 0:
                continue
            without -= 1
        parts.append(_of_one(read_training_image(items[place].path), truth, rng))
    image = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    measures, metal, first = (np.concatenate([part[number] for part in parts]) for number in range(3))
    return Pixels(measures, metal, image, first)


def _of_one(
    pixels: Floats, truth: Truth, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    inverted = any(artefact["artefact"] == "inversion" for artefact in truth.record["artefacts"])
    grey = working_grey(np.float32(1) - pixels if inverted else pixels)
    metal = reduced(truth.regions[Region.HARDWARE], grey)
    hidden = _grown(reduced(truth.regions.union(Region.TEXT_LEGEND, Region.IMAGE_FRAME), grey), _MARGIN_PX)
    measures = pixel_measures(grey, hidden)
    far = ~_grown(metal, 3) & ~hidden
    raised = measures[_RAISED_BY]
    hard = far & (raised >= np.quantile(raised[far], _RAISED)) if far.any() else far
    kinds = ((metal & ~hidden, _METAL), (far & _grown(metal, _BESIDE_PX), _BESIDE), (hard, _HARD), (far, _REST))
    chosen = [rng.permutation(np.flatnonzero(mask))[:most] for mask, most in kinds]
    first = [np.arange(len(one)) < (_FIRST_HARD if number == 2 else len(one)) for number, one in enumerate(chosen)]
    places = np.concatenate(chosen)
    return measures.reshape(len(measures), -1)[:, places].T, metal.ravel()[places], np.concatenate(first)


def fit(pixels: Pixels, use: NDArray[np.bool_], centre: Floats, scale: Floats, seed: int) -> MetalNetwork:
    """Fit the network to some of the pixels; the same for the same seed."""
    values = np.clip((pixels.measures[use] - centre) / scale, -4, 4).astype(np.float32)
    model = MLPClassifier(_UNITS, alpha=1e-3, batch_size=512, learning_rate_init=_FIRST_RATE, random_state=seed)
    classes = np.array([False, True])
    with threadpool_limits(1):
        for number in range(_PASSES):
            model.partial_fit(values, pixels.metal[use], classes=classes)
            model._optimizer.learning_rate_init = _FIRST_RATE * _SLOWER ** (number + 1)
    kernels, biases = tuple(map(np.float32, model.coefs_)), tuple(map(np.float32, model.intercepts_))
    return MetalNetwork(centre, scale, kernels, biases)


def _plain(values: Floats) -> list[float]:
    return np.vectorize(lambda value: float(f"{value:.5g}"))(values).tolist()


def _grown(mask: Mask, width_px: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((width_px, width_px), np.uint8)), np.bool_)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantoms", type=Path, metavar="PHANTOMS")
    parser.add_argument("--without", type=int, default=400, metavar="N", help="without hardware (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the draw (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the weights there")
    return parser.parse_args()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
