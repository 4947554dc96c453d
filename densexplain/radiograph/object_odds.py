"""How likely a dense object is a letter: logistic regression on its measures and their products.

The weights lie in ``object_odds.json`` beside this module. They were fitted on
phantoms alone, of which it is known what each object is, by
``docs/object_odds.py``; how well they tell on others is measured by
``tests/benchmarks/bench_regions.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.dense_objects import DenseObject
from densexplain.vocabulary import Region

_LEAST, _MOST = 1e-4, 6.0  # of a measure; beyond, it tells nothing more
_FURTHEST = 4.0  # standard deviations; further out nothing was learnt


def letter_log_odds(things: Sequence[DenseObject]) -> NDArray[np.float64]:
    """Logarithm of the odds that each thing belongs to a text legend, among as many that do as do not.

    Parameters
    ----------
    things
        Of `densexplain.radiograph.dense_objects.dense_objects`.

    Returns
    -------
    numpy.ndarray
        Shape (things,), float64.
    """
    if not things:
        return np.zeros(0)
    weights = _weights()
    values = np.array([[thing.measures[name] for name in weights.measures] for thing in things])
    values = np.where(weights.logarithm, np.log(np.maximum(values, _LEAST)), np.minimum(values, _MOST))
    places = np.clip((values - weights.centre) / weights.scale, -_FURTHEST, _FURTHEST)
    one, other = np.triu_indices(places.shape[1])
    odds = weights.intercept + places @ weights.linear + (places[:, one] * places[:, other]) @ weights.products
    return np.asarray(odds, np.float64)


@dataclass(frozen=True, eq=False)
class _Weights:
    """Names, centres and scales of the measures; intercept, linear weights and those of products."""

    measures: tuple[str, ...]
    logarithm: NDArray[np.bool_]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    intercept: float
    linear: NDArray[np.float64]
    products: NDArray[np.float64]


@lru_cache(maxsize=1)
def _weights() -> _Weights:
    kept: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    measures = tuple(kept["measures"])
    logarithm = np.array([name in kept["logarithm"] for name in measures], np.bool_)
    of_letters = kept[Region.TEXT_LEGEND.value]
    return _Weights(
        measures,
        logarithm,
        np.array(kept["centre"]),
        np.array(kept["scale"]),
        float(of_letters["intercept"]),
        np.array(of_letters["linear"]),
        np.array(of_letters["products"]),
    )
