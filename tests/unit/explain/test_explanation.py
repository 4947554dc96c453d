from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.classifier import Stage
from densexplain.errors import OptionError
from densexplain.explain.explanation import Explanation, RankedMaps, StageExplanation
from densexplain.vocabulary import Finding, Ranking
from tests.stages import STAGES, shaped


def _ranked(channel: int) -> RankedMaps:
    return RankedMaps(np.array([channel], np.int32), np.ones(1, np.float32), np.ones((1, 2, 2), np.float32))


def _explanation() -> Explanation:
    stages = tuple(
        StageExplanation(shaped(stage, 2, 2, 8), {Ranking.MEAN: _ranked(number)})
        for number, stage in enumerate(STAGES, start=1)
    )
    activation_map = np.array([[1.0, 2.0], [-4.0, 3.0]], np.float32)
    return Explanation(0.5, 0.0, -0.5, Finding.NORMAL, 0.5, activation_map, stages)


def test_evidence_by_hand() -> None:
    explanation = _explanation()
    assert explanation.evidence.tolist() == [[0.25, 0.5], [-1.0, 0.75]]
    assert explanation.evidence.dtype == np.float32
    assert explanation.evidence_sum == 0.5
    assert explanation.evidence_sum + explanation.bias == explanation.logit


@pytest.mark.parametrize(("number", "stage"), list(enumerate(STAGES, start=1)))
def test_a_stage_is_found_by_its_name_and_falls_back_to_the_mean(number: int, stage: Stage) -> None:
    found = _explanation().stage(stage.name)
    assert (found.stage.name, found.layer) == (stage.name, stage.layer)
    assert found.ranked(Ranking.CONTRIBUTION).channels.tolist() == [number]


def test_a_stage_that_the_network_has_not_is_refused() -> None:
    with pytest.raises(OptionError, match="one of the stages conv1, block1, block2, block3, block4; received 'stack1'"):
        _explanation().stage("stack1")
