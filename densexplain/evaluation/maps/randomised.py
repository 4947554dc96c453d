"""The sanity check: a network with randomised weights must give another map.

Weights are randomised from the head downwards, one more stage at each step, as
before any training: He's normal distribution for kernels, normalisations that
change nothing. The shared model set is only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Classifier
from densexplain.classifier.engines.choice import local_classifier
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.wiring.outline import HEAD
from densexplain.classifier.wiring.registry import Parameters, family_of
from densexplain.errors import OptionError
from densexplain.explain.map_agreement import SaliencyMap, rank_correlation

HEAD_STEP = "head"
"""The first step: only what weighs the pooled maps is randomised."""

_VALUES = {"gamma": 1.0, "moving_variance": 1.0, "beta": 0.0, "moving_mean": 0.0, "bias": 0.0}


def cascade(parameters: Parameters) -> tuple[str, ...]:
    """Steps of the randomisation: what was randomised last, along with everything above it."""
    return (HEAD_STEP, *(end.name for end in reversed(family_of(parameters).stages)))


def randomised_tensors(parameters: Parameters, tensors: Tensors, down_to: str, seed: int) -> Tensors:
    """Randomise the weights from the head down to one stage; the rest are the given arrays.

    Parameters
    ----------
    parameters
        Parameters of the network.
    tensors
        Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value; not changed.
    down_to
        One of `cascade`.
    seed
        The same gives the same weights; a part is drawn alike at every step.

    Returns
    -------
    dict
        Arrays by ``layer/variable``, of the same shapes, float32 where drawn, any value.

    Raises
    ------
    OptionError
        If `down_to` is no step.
    """
    steps = cascade(parameters)
    if down_to not in steps:
        raise OptionError(f"`down_to` must be one of {', '.join(steps)}; received {down_to}")
    forgotten = steps[: steps.index(down_to) + 1]
    parts = {prefix: end.name for end in family_of(parameters).stages for prefix in end.prefixes} | {HEAD: HEAD_STEP}
    return {
        name: _drawn(name, tensor, np.random.default_rng((seed, number)))
        if parts[name.split("/")[0].split("_")[0]] in forgotten
        else tensor
        for number, (name, tensor) in enumerate(sorted(tensors.items()))  # a file's order is not always the same
    }


def randomised_classifiers(model_set: LoadedModelSet, seed: int) -> Iterator[tuple[str, Classifier]]:
    """The step's name and a network with such weights, for every step of `cascade`; made one at a time."""
    network, tensors = model_set.manifest.network, model_set.read_tensors()
    for down_to in cascade(network.parameters):
        yield down_to, local_classifier(network, randomised_tensors(network.parameters, tensors, down_to, seed))


@dataclass(frozen=True)
class Similarity:
    """How much of a map is left when weights are randomised; near 0, the map depends on what was learnt.

    Parameters
    ----------
    correlation
        Spearman's rank correlation of the cells, -1 to 1; NaN where a map is flat.
    structure
        Structural similarity, -1 to 1.
    """

    correlation: float
    structure: float


def similarity(before: SaliencyMap, after: SaliencyMap) -> Similarity:
    """Compare the maps of one radiograph before and after the weights were randomised.

    Maps have few cells, so the structural similarity is worked out in one
    window that holds the whole map, each map scaled to its own range.

    References
    ----------
    Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018, sections 3 and 4.
    Wang et al., Image quality evaluation: from error visibility to structural
    similarity, IEEE Transactions on Image Processing 13(4), 2004, eq. 13.
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    return Similarity(rank_correlation(first, second), _structure(_scaled(first), _scaled(second)))


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(np.ptp(values))
    return (values - values.min()) / spread if spread > 0 else np.zeros_like(values)


def _structure(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    luminance, contrast = 0.01**2, 0.03**2
    means = first.mean(), second.mean()
    covariance = ((first - means[0]) * (second - means[1])).mean()
    alike = (2 * means[0] * means[1] + luminance) * (2 * covariance + contrast)
    return float(alike / ((means[0] ** 2 + means[1] ** 2 + luminance) * (first.var() + second.var() + contrast)))


def _drawn(name: str, tensor: NDArray[Any], draw: np.random.Generator) -> NDArray[np.float32]:
    variable = name.split("/")[1]
    if variable in _VALUES:
        return np.full(tensor.shape, _VALUES[variable], np.float32)
    return draw.normal(0, np.sqrt(2 / np.prod(tensor.shape[:-1])), tensor.shape).astype(np.float32)
