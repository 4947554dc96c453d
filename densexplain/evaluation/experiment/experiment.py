"""Figures of model sets over a set of radiographs with known regions, and whether a text legend decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from densexplain.evaluation.experiment.phantom_result import PhantomResult, image_figures
from densexplain.evaluation.metrics.patient_mean import Estimate, patient_mean
from densexplain.provenance import provenance
from densexplain.vocabulary import Finding

LEAST_PUSH_LOGITS = 0.5
"""A mean push of the text legend below this is not called resting on it, however certain it is."""


@dataclass(frozen=True)
class LegendVerdict:
    """Whether a model set rests on the text legend in abnormal radiographs.

    It does when the legend moves the logit of abnormal radiographs that have
    one towards `toward` by more than `LEAST_PUSH_LOGITS` in the mean and the
    95 % interval of the mean excludes 0.

    Parameters
    ----------
    rests
        None where fewer than two patients have such a radiograph.
    toward
        The finding for which the legend was planted; abnormal where none was.
    push
        Logit less that without the legend; > 0 is towards abnormal.
    """

    rests: bool | None
    toward: Finding
    push: Estimate | None


@dataclass(frozen=True)
class ModelSetResult:
    """What an experiment found of one model set.

    Parameters
    ----------
    name, title, version, weights_sha256
        Name of the model set.
    figures
        Means over the images, named as in `densexplain.evaluation.experiment.phantom_result.image_figures`.
    verdict
        On the text legend.
    """

    name: str
    title: str
    version: str
    weights_sha256: str
    figures: Mapping[str, Estimate]
    verdict: LegendVerdict


@dataclass(frozen=True)
class Experiment:
    """Model sets on the same radiographs.

    Parameters
    ----------
    facts
        What was examined and how: plain values.
    model_sets
        In the order in which they were given.
    differences
        First model set less each further one, image by image, where a figure is defined for both.
    """

    facts: Mapping[str, Any]
    model_sets: tuple[ModelSetResult, ...]
    differences: Mapping[str, Mapping[str, Estimate]]


def mean_figures(
    figures: Sequence[Mapping[str, float]], patients: Sequence[str], resamples: int, seed: int
) -> dict[str, Estimate]:
    """Average each figure over the images that it is defined of; see `patient_mean`."""
    names = dict.fromkeys(name for image in figures for name in image)
    means = {}
    for name in names:
        defined = [(image[name], patient) for image, patient in zip(figures, patients, strict=True) if name in image]
        values, owners = [value for value, _ in defined], [patient for _, patient in defined]
        means[name] = patient_mean(values, owners, resamples, seed)
    return means


def mean_differences(
    one: Sequence[PhantomResult], other: Sequence[PhantomResult], patients: Sequence[str], resamples: int, seed: int
) -> dict[str, Estimate]:
    """Average the differences of two model sets on the same images, which leaves out how the images differ."""
    pairs = zip(map(image_figures, one), map(image_figures, other), strict=True)
    differences = [{name: a[name] - b[name] for name in a if name in b} for a, b in pairs]
    return mean_figures(differences, patients, resamples, seed)


def legend_verdict(figures: Mapping[str, Estimate], planted: Finding | None) -> LegendVerdict:
    """Judge whether a model set rests on the text legend.

    Parameters
    ----------
    figures
        Figures as `mean_figures` gives them.
    planted
        The finding that a text legend was made to go with; None if it goes with neither.
    """
    toward, push = planted or Finding.ABNORMAL, figures.get("abnormal/legend/push")
    if push is None or push.low is None or push.high is None:
        return LegendVerdict(None, toward, push)
    sign = 1 if toward is Finding.ABNORMAL else -1
    certain = min(sign * push.low, sign * push.high) > 0
    return LegendVerdict(certain and sign * push.value > LEAST_PUSH_LOGITS, toward, push)


def experiment_record(experiment: Experiment) -> dict[str, Any]:
    """The experiment as plain values, ready for ``json.dumps``."""
    return {
        **provenance(),
        **experiment.facts,
        "model_sets": [asdict(entry) for entry in experiment.model_sets],
        "differences": {
            name: {figure: asdict(value) for figure, value in figures.items()}
            for name, figures in experiment.differences.items()
        },
    }
