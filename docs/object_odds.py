"""Fit how likely a dense object is a letter: `python docs/object_odds.py PHANTOMS [--out FILE]`.

PHANTOMS is a data set of the command `phantom`; its split `train` is used. What is
shipped was fitted on

    python -m densexplain phantom --out PHANTOMS --count 2300 --seed 11 --valid 0.13

Every fifth radiograph is held out, and recall and precision of single objects on those
are printed. The file replaces `densexplain/radiograph/object_odds.json`; what the
detectors make of it is measured by `tests/benchmarks/bench_regions.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from densexplain.radiograph.dense_objects import MEASURES, dense_objects, working_grey
from densexplain.radiograph.regions import Mask
from densexplain.training.images import read_training_image
from densexplain.training.mura import LabelledRadiograph, read_data_set
from densexplain.training.truth import read_truth
from densexplain.vocabulary import Region, Split

_PLAIN = ("level", "ring", "company")  # the others by their logarithm
_LEAST, _MOST, _FURTHEST = 1e-4, 6.0, 4.0  # as in densexplain.radiograph.object_odds
_OF = Region.TEXT_LEGEND
_BELONGS, _IN_DOUBT = 0.6, 0.2  # shares of an object's pixels that lie in a legend
_MOST_OTHERS = 7000  # objects of no region that are learnt from
_HELD_OUT = 5

Floats = NDArray[np.float64]


def main() -> None:
    """Read the arguments, measure, fit, say how well, and write."""
    options = _options()
    items = read_data_set(options.phantoms, Split.TRAIN)
    rng = np.random.default_rng(options.seed)
    chosen = [items[index] for index in rng.permutation(len(items))[: options.images]]
    values, shares, image = collect(options.phantoms, chosen)
    centre, scale = values.mean(axis=0), values.std(axis=0)
    places = np.clip((values - centre) / scale, -_FURTHEST, _FURTHEST)
    one, other = np.triu_indices(places.shape[1])
    terms = np.column_stack([places, places[:, one] * places[:, other]])
    fitted: dict[str, object] = {
        "measures": list(MEASURES),
        "logarithm": [name for name in MEASURES if name not in _PLAIN],
        "centre": centre.round(4).tolist(),
        "scale": scale.round(4).tolist(),
    }
    belongs, doubtful = shares > _BELONGS, (shares > _IN_DOUBT) & (shares <= _BELONGS)
    learnt = (image % _HELD_OUT != 0) & ~doubtful
    others = rng.permutation(np.flatnonzero(learnt & ~belongs))[:_MOST_OTHERS]
    use = np.union1d(np.flatnonzero(learnt & belongs), others)
    model = LogisticRegression(C=0.05, max_iter=250, class_weight="balanced").fit(terms[use], belongs[use])
    held = (image % _HELD_OUT == 0) & ~doubtful
    said = model.decision_function(terms[held]) > 0
    sys.stdout.write(
        f"{_OF}: recall {said[belongs[held]].mean():.3f} of {belongs[held].sum()} objects held out, "
        f"precision {belongs[held][said].mean():.3f} of {said.sum()}\n"
    )
    count = places.shape[1]
    fitted[_OF.value] = {
        "intercept": round(float(model.intercept_[0]), 3),
        "linear": [round(float(weight), 3) for weight in model.coef_[0][:count]],
        "products": [round(float(weight), 3) for weight in model.coef_[0][count:]],
    }
    if options.out is not None:
        options.out.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


def collect(folder: Path, items: list[LabelledRadiograph]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Measure every dense object.

    Returns
    -------
    tuple
        Measures, shape (objects, measures); the share of each object's pixels that
        lie in a legend; the number of its radiograph.
    """
    values: list[list[float]] = []
    shares: list[float] = []
    image: list[int] = []
    for number, item in enumerate(items):
        pixels, truth = read_training_image(item.path), read_truth(folder, item)
        inverted = any(artefact["artefact"] == "inversion" for artefact in truth.record["artefacts"])
        grey = working_grey(1.0 - pixels if inverted else pixels)
        known = reduced(truth.regions[_OF], grey)
        for thing in dense_objects(grey):
            values.append([_value(name, thing.measures[name]) for name in MEASURES])
            shares.append(float(known[thing.window][thing.pixels].mean()))
            image.append(number)
    return np.array(values), np.array(shares), np.array(image)


def reduced(mask: Mask, grey: NDArray[np.uint8]) -> Mask:
    """A mask of the radiograph on its working copy: frames make some phantoms a little larger than that."""
    size = grey.shape[::-1]
    return np.asarray(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.bool_)


def _value(name: str, measured: float) -> float:
    return min(measured, _MOST) if name in _PLAIN else float(np.log(max(measured, _LEAST)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phantoms", type=Path, metavar="PHANTOMS")
    parser.add_argument("--images", type=int, default=720, metavar="N", help="drawn at random (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the draw (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the weights there")
    return parser.parse_args()


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
