"""One scale for all maps or each its own, differences round 0, and one printed figure."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from densexplain.explain.comparison.comparison import Comparison, differences
from densexplain.explain.familiarity import Familiarity
from densexplain.render.comparison.document import comparison_document
from densexplain.render.comparison.figure import comparison_figure, compose_comparison
from densexplain.render.comparison.overlays import (
    ComparedStyle,
    cell_overlay,
    difference_limit,
    difference_overlay,
    difference_scale_text,
    scale_text,
    shared_limit,
)
from densexplain.render.comparison.text import (
    agreement_texts,
    found_text,
    logit_change_text,
    name_text,
    prediction_text,
    shared_channel_texts,
)
from densexplain.vocabulary import ColourMap, ColourScale
from tests.compared import ORIGINAL, cell, explanation, manifest, radiograph, two_by_two

pytestmark = pytest.mark.slow

RELATIVE = ComparedStyle(scale=ColourScale.RELATIVE)


def test_all_maps_share_the_scale_of_the_strongest_or_have_their_own():
    weak = cell(manifest("w", activation_map_limit_logits=12.0), ORIGINAL, explanation([[1.0, 2.0]]))
    comparison = Comparison(radiograph(), ((*two_by_two().rows[0][:1],), (weak,)))
    assert shared_limit(comparison) == 4
    assert {cell_overlay(one, ComparedStyle(), 4.0).limits.high for one in comparison} == {4.0}
    assert [cell_overlay(one, RELATIVE, 4.0).limits.high for one in comparison] == [4.0, 2.0]
    assert "one absolute scale for all maps: \N{MINUS SIGN}4.0 to +4.0 logits" in scale_text(
        comparison, ComparedStyle()
    )
    assert "its own scale" in scale_text(comparison, RELATIVE)
    flat = Comparison(radiograph(), ((cell(manifest("f"), ORIGINAL, explanation([[0.0, 0.0]])),),))
    assert shared_limit(flat) == 1


def test_differences_are_red_where_b_has_more_and_white_where_there_is_none():
    first = cell(manifest("a"), ORIGINAL, explanation([[0.0, 0.0], [0.0, 0.0]]))
    second = cell(manifest("b"), ORIGINAL, explanation([[4.0, 0.0], [0.0, -4.0]]))
    (one,) = differences(Comparison(radiograph(), ((first,), (second,))))
    assert difference_limit([one]) == 4  # in logits as the map has them
    image = difference_overlay(one, ComparedStyle(opacity=1), 4.0).image
    assert image[5, 5].tolist() == [255, 0, 0]
    assert image[-5, -5].tolist() == [0, 0, 255]
    assert image[5, -5].min() > 220
    assert difference_overlay(one, RELATIVE, 99.0).limits.high == 4
    assert ComparedStyle(ColourMap.CIVIDIS).difference_colours is ColourMap.CIVIDIS
    assert "\N{MINUS SIGN}4.00 to +4.00 logits" in difference_scale_text([one], ComparedStyle())


def test_no_difference_is_said_and_not_blown_up():
    first, second = (cell(manifest("a"), ORIGINAL, explanation([[3.0, 1.0]])) for _ in range(2))
    (one,) = differences(Comparison(radiograph(), ((first,), (second,))))
    image = difference_overlay(one, RELATIVE, 0.0).image
    assert np.ptp(difference_overlay(one, ComparedStyle(opacity=1), 0.0).image.reshape(-1, 3), axis=0).max() == 0
    assert image.shape[0] == 600
    assert "no difference" in difference_scale_text([one], ComparedStyle())


def test_words_of_cells_and_differences():
    comparison = two_by_two()
    found = differences(comparison)
    assert name_text(comparison.rows[0][1]) == "Model a, marker removed"
    assert prediction_text(comparison.rows[1][0]).endswith("normal 0.56 (threshold 0.9), logit +0.25")
    assert logit_change_text(found[0]) == "\N{MINUS SIGN}1.00, now normal"
    assert agreement_texts(found[2]) == ("+1.00", "1.00")
    assert agreement_texts(found[3])[0] == "\N{EN DASH}"
    assert shared_channel_texts(found[2], comparison.stages) == ("1 of 2",) * 5
    assert set(shared_channel_texts(found[0], comparison.stages)) == {"\N{EN DASH}"}
    other = cell(manifest("o"), ORIGINAL, replace(explanation([[1.0]]), other_kind="a CT image"))
    assert prediction_text(other) == "label withheld: the file is a CT image, no radiograph"
    foreign = cell(manifest("f"), ORIGINAL, explanation([[1.0]], familiarity=Familiarity(9.0, 1.0, 1.0, 2.0)))
    (one,) = differences(Comparison(radiograph(), ((foreign,), (comparison.rows[0][0],))))
    assert logit_change_text(one) == "withheld"
    assert "logit" not in prediction_text(foreign)


@pytest.mark.parametrize("rows", [1, 2])
def test_the_figure_is_one_png_and_the_same_every_time(rows):
    comparison = Comparison(radiograph(), two_by_two().rows[:rows])
    content = comparison_figure(comparison)
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[1] >= 1400
    assert image.std() > 10
    assert b"Research use only" in content
    assert content == comparison_figure(comparison)


def ticks(figure):
    """What the colour bars say: of each the words at its ticks."""
    axes = [axes for part in figure.subfigs for one in part.axes for axes in (one, *one.child_axes)]
    return [words for one in axes if one.axison and (words := [label.get_text() for label in one.get_xticklabels()])]


def test_one_scale_has_one_colour_bar_and_own_scales_have_one_each():
    comparison = two_by_two()
    minus = "\N{MINUS SIGN}"
    assert ticks(compose_comparison(comparison)) == [
        [f"{minus}4.0 logits", "0 logits", "+4.0 logits"],
        [f"{minus}8.0 logits", "0 logits", "+8.0 logits"],
    ]
    own = ticks(compose_comparison(comparison, RELATIVE))
    assert len(own) == 6
    assert own[0] == ["0 logits", "+2.0 logits", "+4.0 logits"]
    assert own[3] == ["0 logits"]  # a flat map


def test_the_document_has_a_page_for_the_figure_and_one_for_each_stage():
    comparison = two_by_two()
    content = comparison_document(comparison)
    assert content.count(b"/Type /Page ") == 6
    assert content.startswith(b"%PDF")
    assert b"Research use only" in content
    assert content == comparison_document(comparison)
    assert content != comparison_document(comparison, grid_colours=ColourMap.CIVIDIS)


def test_a_legend_that_was_found_is_said_once():
    assert found_text(two_by_two()) == ("Marker removed: the text legend, 50 px, was found automatically.",)
    assert found_text(Comparison(radiograph(), tuple(row[:1] for row in two_by_two().rows))) == ()
