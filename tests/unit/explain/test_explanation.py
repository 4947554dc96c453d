from __future__ import annotations

import numpy as np
import pytest

from densexplain.explain.explanation import Explanation, RankedMaps, StageExplanation
from densexplain.vocabulary import Finding, Ranking, Stage


def _ranked(channel: int) -> RankedMaps:
    return RankedMaps(np.array([channel], np.int32), np.ones(1, np.float32), np.ones((1, 2, 2), np.float32))


def _explanation() -> Explanation:
    stages = tuple(StageExplanation(stage, 2, 2, 8, {Ranking.MEAN: _ranked(stage.number)}) for stage in Stage)
    activation_map = np.array([[1.0, 2.0], [-4.0, 3.0]], np.float32)
    return Explanation(0.5, 0.0, -0.5, Finding.NORMAL, 0.5, activation_map, stages)


def test_evidence_by_hand() -> None:
    explanation = _explanation()
    assert explanation.evidence.tolist() == [[0.25, 0.5], [-1.0, 0.75]]
    assert explanation.evidence.dtype == np.float32
    assert explanation.evidence_sum == 0.5
    assert explanation.evidence_sum + explanation.bias == explanation.logit


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_is_found_by_its_name_and_falls_back_to_the_mean(stage: Stage) -> None:
    found = _explanation().stage(stage)
    assert (found.stage, found.layer) == (stage, stage.layer)
    assert found.ranked(Ranking.CONTRIBUTION).channels.tolist() == [stage.number]
