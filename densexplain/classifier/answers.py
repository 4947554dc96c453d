"""One wiring for everything that an explanation needs of the stages' maps, so that one pass gives it all.

The top 16 feature maps of each stage are picked inside the graph: 16 maps leave
it, not up to 1,664. Like a family's wiring it is written once, over parts, for
every engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import MAPS_PER_STAGE, Answer, RankedMaps
from densexplain.classifier.wiring.outline import HEAD, outline
from densexplain.classifier.wiring.parts import AnswerParts
from densexplain.classifier.wiring.registry import Parameters, family_of
from densexplain.vocabulary import Ranking

LOGITS, MAPS, HALVES, MEANS = "logits", "maps", "pooled_halves", "stage_means"
"""Names among the tensors of an answer."""

POOLED_STAGES = 2
"""The last stages, whose pooled maps say how familiar a radiograph is; see `densexplain.explain.familiarity`."""

_PARTS = ("channels", "strengths", "maps")


def pooled_channels(parameters: Parameters) -> int:
    """Number of values in the pooled halves; 5,888 for DenseNet-169."""
    return 2 * sum(shape[2] for shape in outline(parameters, 32).stages[-POOLED_STAGES:])


def stage_channels(parameters: Parameters) -> tuple[int, ...]:
    """Number of channels of each stage in forward order, which the stage means consist of."""
    return tuple(shape[2] for shape in outline(parameters, 32).stages)


def wire_logits(parameters: Parameters, network_inputs: Any, parts: AnswerParts) -> tuple[tuple[Any, ...], Any, Any]:
    """Wire a network as far as its logits.

    Returns
    -------
    stages, maps, logits
        Feature maps; class activation maps (batch, classes, rows, columns); (batch, classes).
    """
    stages = family_of(parameters).wire(parameters, network_inputs, parts)
    return stages, *maps_and_logits(stages[-1], parts)


def maps_and_logits(last: Any, parts: AnswerParts) -> tuple[Any, Any]:
    """The head: class activation maps of the last feature maps, and logits, which are their means and the bias.

    References
    ----------
    Zhou et al., Learning deep features for discriminative localization,
    CVPR 2016, eq. 1 and 2.
    """
    maps = parts.class_activation_maps(last, HEAD)
    return maps, parts.sum_evidence(maps, HEAD)


def wire_answers(parameters: Parameters, size_px: int, network_inputs: Any, parts: AnswerParts) -> dict[str, Any]:
    """Wire a network and all that an explanation needs of it.

    Parameters
    ----------
    parameters
        Parameters of any family.
    size_px
        Edge of the input.
    network_inputs
        (batch, size_px, size_px, 3), or what stands for it.
    parts
        Operations.

    Returns
    -------
    dict
        ``logits`` (batch, classes); ``maps`` (batch, classes, rows, columns);
        ``pooled_halves`` (batch, channels): of the last two stages, of each the
        mean over the upper half first, a middle row belonging to both;
        ``stage_means`` (batch, channels of all stages): their means; for stage
        number and ranking ``<stage>/<ranking>/channels``, ``.../strengths``, both
        (batch, 16), and ``.../maps`` (batch, 16, rows, columns); the last
        stage's ``<stage>/contribution/...`` have an axis of classes after the first.
    """
    stages = family_of(parameters).wire(parameters, network_inputs, parts)
    return answers_of(stages, outline(parameters, size_px).stages, parts)


def answers_of(stages: Sequence[Any], shapes: Sequence[tuple[int, int, int]], parts: AnswerParts) -> dict[str, Any]:
    """Wire all that an explanation needs of the stages' maps; results as of `wire_answers`.

    Parameters
    ----------
    stages
        Feature maps (batch, rows, columns, channels), in forward order.
    shapes
        (rows, columns, channels) of each.
    parts
        Operations.
    """
    maps, logits = maps_and_logits(stages[-1], parts)
    found, halves, means = {LOGITS: logits, MAPS: maps}, [], []
    for at, (x, (rows, _, channels)) in enumerate(zip(stages, shapes, strict=True)):
        mean = parts.mean(x, slice(0, rows))
        means.append(mean)
        strengths = {Ranking.MEAN: mean, Ranking.MAXIMUM: parts.maximum(x)}
        if at == len(stages) - 1:
            strengths[Ranking.CONTRIBUTION] = parts.contributions(mean, HEAD)
        for ranking, strength in strengths.items():
            ranked = parts.rank(x, strength, min(MAPS_PER_STAGE, channels))
            found |= {f"{at}/{ranking}/{part}": tensor for part, tensor in zip(_PARTS, ranked, strict=True)}
        if at >= len(stages) - POOLED_STAGES:
            halves += [parts.mean(x, slice(0, (rows + 1) // 2)), parts.mean(x, slice(rows // 2, rows))]
    return found | {HALVES: parts.join(halves), MEANS: parts.join(means)}


def read_answers(tensors: Mapping[str, NDArray[Any]], stages: int) -> tuple[Answer, ...]:
    """Take the tensors of `wire_answers` apart, input by input.

    Parameters
    ----------
    tensors
        Arrays by name, each with the inputs first in its shape, float32 or int32, any value; they are made read-only.
    stages
        Number of stages of the network.
    """
    for tensor in tensors.values():
        tensor.flags.writeable = False
    return tuple(_answer(tensors, stages, at) for at in range(len(tensors[LOGITS])))


def answer_tensors(answers: Sequence[Answer]) -> dict[str, NDArray[Any]]:
    """Put answers together again, as `read_answers` takes them apart; for sending them elsewhere.

    Parameters
    ----------
    answers
        Answers of one network, at least one.

    Returns
    -------
    dict
        Arrays named as by `wire_answers`, each with the inputs first in its shape, float32 or int32, any value.
    """
    first = answers[0]
    found = {
        LOGITS: np.stack([one.logits for one in answers]),
        MAPS: np.stack([one.maps for one in answers]),
        HALVES: np.stack([one.pooled_halves for one in answers]),
        MEANS: np.stack([one.stage_means for one in answers]),
    }
    for part in _PARTS:
        for stage, rankings in enumerate(first.rankings):
            for ranking in rankings:
                ranked = [getattr(one.rankings[stage][ranking], part) for one in answers]
                found[f"{stage}/{ranking}/{part}"] = np.stack(ranked)
        of_classes = [np.stack([getattr(one_class, part) for one_class in one.contributions]) for one in answers]
        found[f"{len(first.rankings) - 1}/{Ranking.CONTRIBUTION}/{part}"] = np.stack(of_classes)
    return found


def _answer(tensors: Mapping[str, NDArray[Any]], stages: int, at: int) -> Answer:
    last = [tensors[f"{stages - 1}/{Ranking.CONTRIBUTION}/{part}"][at] for part in _PARTS]
    return Answer(
        logits=tensors[LOGITS][at],
        maps=tensors[MAPS][at],
        rankings=tuple(
            {
                ranking: _ranked([tensors[f"{stage}/{ranking}/{part}"][at] for part in _PARTS])
                for ranking in (Ranking.MEAN, Ranking.MAXIMUM)
            }
            for stage in range(stages)
        ),
        contributions=tuple(_ranked(of_class) for of_class in zip(*last, strict=True)),
        pooled_halves=tensors[HALVES][at],
        stage_means=tensors[MEANS][at],
    )


def _ranked(parts: Sequence[NDArray[Any]]) -> RankedMaps:
    return RankedMaps(np.asarray(parts[0], np.int32), parts[1], parts[2])
