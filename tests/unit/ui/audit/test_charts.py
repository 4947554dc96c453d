"""The waterfall is the account and nothing else; a small change that flips the finding is told by its mark."""

import numpy as np
import pytest

from densexplain.explain.audit.attribution import LogitAttribution, RegionAttribution
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.audit.stability import draw_variants, stability
from densexplain.explain.focus.part_evidence import PartEvidence
from densexplain.ui.audit.charts import stability_strip, waterfall
from densexplain.ui.theme import DARK_CHART
from densexplain.vocabulary import Region, VariantKind

LEGEND = RegionAttribution("text legend", Region.TEXT_LEGEND, PartEvidence(1.5, -0.25, 0.02))
MARKED = RegionAttribution(
    "<b>region</b> of a very long name indeed", Region.ABNORMALITY, PartEvidence(0.25, -1.0, 0.1)
)
ELSEWHERE = RegionAttribution("elsewhere", None, PartEvidence(0.5, -0.125, 0.88))
ATTRIBUTION = LogitAttribution((LEGEND, MARKED), ELSEWHERE, -0.5, 0.375, (32.0, 32.0))


def test_the_waterfall_adds_up_to_the_logit():
    figure = waterfall(ATTRIBUTION, 0.5, DARK_CHART)
    (bars,) = figure.data
    assert bars.measure == ("relative",) * 4 + ("total",)
    assert list(bars.x[:-1]) == [-0.5, 1.25, -0.75, 0.375]
    assert sum(bars.x[:-1]) == pytest.approx(ATTRIBUTION.logit, abs=1e-9)
    assert bars.text[-1] == "+0.38"
    names = figure.layout.yaxis.ticktext
    assert (names[0], names[1], names[-2], names[-1]) == ("bias", "text legend", "elsewhere", "logit")
    low, high = figure.layout.xaxis.range
    assert low < -0.5
    assert high > 0.75


def test_a_readers_name_is_text_and_short_enough_to_be_read():
    figure = waterfall(ATTRIBUTION, 0.5, DARK_CHART)
    name = figure.layout.yaxis.ticktext[2]
    assert name.startswith("&lt;b&gt;region")
    assert "very long name indeed" not in name
    assert "<b>region</b>" not in figure.data[0].customdata[2]


@pytest.mark.parametrize(("threshold", "lines"), [(0.5, 1), (0.8, 1), (0.0, 0), (1.0, 0)])
def test_the_threshold_is_marked_where_a_logit_reaches_it(threshold, lines):
    figure = waterfall(ATTRIBUTION, threshold, DARK_CHART)
    assert len(figure.layout.shapes) == lines
    if lines:
        assert figure.layout.shapes[0].x0 == pytest.approx(np.log(threshold / (1 - threshold)))


def test_flips_are_marks_of_another_shape():
    variants = draw_variants(16, 0)
    logits = np.linspace(-1.0, 2.0, 16)
    maps = np.random.default_rng(0).random((16, 4, 4)).astype(np.float32)
    changes = stability(variants, Evidence(logits, maps), maps[0], 1.0, 0.5, 0)
    same, flipped = stability_strip(changes, 1.0, 0.5, DARK_CHART).data
    assert (len(same.x), len(flipped.x)) == (10, 6)
    assert same.marker.symbol != flipped.marker.symbol
    assert all(value > 0.5 for value in same.x)
    assert all(value <= 0.5 for value in flipped.x)
    # Each mark lies in the row of its kind.
    rows = [VariantKind.SHIFT, VariantKind.ROTATION, VariantKind.CROP, VariantKind.EXPOSURE]
    places = [*np.flatnonzero(~changes.flips), *np.flatnonzero(changes.flips)]
    levels = dict(zip(places, [*same.y, *flipped.y], strict=True))
    assert all(rows[round(levels[place])] is variant.kind for place, variant in enumerate(variants))
