"""The account adds up to the logit, whatever the regions, and a shared pixel counts once."""

from dataclasses import replace

import numpy as np
import pytest

from densexplain.explain.audit.attribution import PRIORITY, attribute_logit, attribution_sentence, exclusive_masks
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.vocabulary import Finding, Region, RegionSource

MAP = np.array([[4, 0, 4, 0], [1, 1, 0, 0], [1, 1, 0, 0], [3, 3, -8, 2]], np.float32)


def explanation_of(activation_map: np.ndarray, bias: float = -0.5) -> Explanation:
    logit = float(activation_map.mean(dtype=np.float64)) + bias
    return Explanation(0.5, logit, bias, Finding.ABNORMAL, 0.5, activation_map, ())


def region(name: str, kind: Region | None, mask: np.ndarray) -> NamedRegion:
    return NamedRegion(name, kind, mask, RegionSource.DRAWN)


def box(top: int, left: int, bottom: int, right: int, shape: tuple[int, int] = (4, 4)) -> np.ndarray:
    mask = np.zeros(shape, bool)
    mask[top:bottom, left:right] = True
    return mask


def test_by_hand():
    regions = [
        region("bone", Region.BONE, box(0, 0, 4, 2)),
        region("marked region", Region.ABNORMALITY, box(3, 0, 4, 3)),
        region("text legend", Region.TEXT_LEGEND, box(0, 0, 1, 1)),
    ]
    attribution = attribute_logit(explanation_of(MAP), regions, 320)
    nets = {entry.name: 16 * entry.evidence.net for entry in attribution.entries}
    assert nets == pytest.approx({"text legend": 4, "marked region": -2, "bone": 4})
    marked = attribution.entries[1]
    assert (16 * marked.evidence.positive, 16 * marked.evidence.negative) == pytest.approx((6, -8))
    assert 16 * attribution.elsewhere.evidence.net == pytest.approx(6)
    assert attribution.share(marked, Finding.ABNORMAL) == pytest.approx(6 / 20)
    assert attribution.share(marked, Finding.NORMAL) == pytest.approx(1)
    assert attribution.share_of((Region.ABNORMALITY, Region.TEXT_LEGEND), Finding.ABNORMAL) == pytest.approx(10 / 20)
    assert attribution.area_of((Region.ABNORMALITY,)) == pytest.approx(3 / 16)
    assert attribution.total == pytest.approx(attribution.logit, abs=1e-9)
    assert "80 x 80" in attribution.blur
    assert attribution_sentence(attribution, Finding.ABNORMAL) == (
        "30\xa0% of the evidence for abnormal lies elsewhere; 30\xa0% inside the region you marked."
    )


@pytest.mark.parametrize("seed", range(40))
def test_it_adds_up_for_any_regions(seed):
    draw = np.random.default_rng(seed)
    rows, columns = (int(side) for side in draw.integers(5, 400, 2))
    cells = tuple(int(side) for side in draw.integers(1, 12, 2))
    explanation = explanation_of(draw.normal(draw.uniform(-20, 20), 30, cells).astype(np.float32), draw.normal())
    regions = []
    for number in range(int(draw.integers(0, 9))):
        kind = PRIORITY[int(draw.integers(len(PRIORITY)))]
        corners = [sorted(draw.integers(0, side + 1, 2)) for side in (rows, columns)]
        mask = box(corners[0][0], corners[1][0], corners[0][1], corners[1][1], (rows, columns))
        regions.append(region(str(number), kind, mask if number % 3 else draw.random((rows, columns)) < 0.3))
    attribution = attribute_logit(explanation, regions, 320)
    assert attribution.total == pytest.approx(explanation.logit, abs=1e-4)
    assert sum(entry.evidence.area for entry in (*attribution.entries, attribution.elsewhere)) == pytest.approx(
        1, abs=1e-6
    )
    assert all(
        entry.evidence.positive >= 0 >= entry.evidence.negative
        for entry in (*attribution.entries, attribution.elsewhere)
    )


def test_with_an_explanation_of_a_network(explainer, network_inputs):
    explanation = explainer.explain(network_inputs[0])
    attribution = attribute_logit(explanation, [region("a", None, box(3, 2, 50, 60, (64, 64)))], 64)
    assert attribution.total == pytest.approx(explanation.logit, abs=1e-4)


def test_a_shared_pixel_belongs_to_the_first_in_order():
    everything = np.ones((4, 4), bool)
    regions = [region(str(kind), kind, everything) for kind in reversed(PRIORITY)]
    owned = exclusive_masks(regions, (4, 4))
    assert [one.kind for one, _ in owned] == list(PRIORITY)
    assert [bool(mask.any()) for _, mask in owned] == [True] + [False] * (len(PRIORITY) - 1)


def test_no_evidence_for_a_finding():
    attribution = attribute_logit(explanation_of(np.full((3, 3), -1, np.float32)), [], 320)
    assert attribution.share(attribution.elsewhere, Finding.ABNORMAL) is None
    assert attribution.share_of((Region.ABNORMALITY,), Finding.ABNORMAL) is None
    assert attribution_sentence(attribution, Finding.ABNORMAL) == "There is no evidence for abnormal."
    assert (
        attribution_sentence(replace(attribution), Finding.NORMAL)
        == "100\xa0% of the evidence for normal lies elsewhere."
    )
