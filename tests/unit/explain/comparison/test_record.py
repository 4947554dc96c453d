"""What is exported of a comparison can be read again, number for number."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from densexplain.explain.comparison.comparison import Comparison, differences
from densexplain.explain.comparison.record import columns, comparison_record, comparison_table
from densexplain.explain.familiarity import Familiarity
from tests.compared import ORIGINAL, cell, explanation, manifest, radiograph, two_by_two

NOTICE = "Research use only, not for diagnosis"


def test_the_record_comes_back_from_json_and_holds_every_number() -> None:
    comparison = two_by_two()
    text = json.dumps(comparison_record(comparison), allow_nan=False)
    again = json.loads(text)
    assert json.dumps(again) == text
    assert again["notice"] == NOTICE
    assert [(one["row"], one["column"]) for one in again["cells"]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for entry, one in zip(again["cells"], comparison, strict=True):
        assert np.sum(entry["evidence"]) + entry["bias"] == pytest.approx(entry["logit"], abs=1e-6)
        assert entry["logit"] == one.explanation.logit
        assert entry["threshold"] == one.explanation.threshold
    assert [one["painted_px"] for one in again["cells"]] == [0, 50, 0, 50]
    assert [one["painted_source"] for one in again["cells"]] == [None, "found", None, "found"]
    found = differences(comparison)
    assert len(again["differences"]) == len(found) == 4
    for entry, one in zip(again["differences"], found, strict=True):
        assert entry["logit_change"] == one.logit
        assert np.array_equal(entry["evidence"], one.evidence)
    assert again["differences"][2]["kept_channels"]["block4"] == [3]
    assert again["differences"][0]["kept_channels"] is None
    assert again["differences"][3]["rank_correlation"] is None  # flat


def test_the_table_comes_back_from_csv() -> None:
    comparison = two_by_two()
    lines = list(csv.DictReader(io.StringIO(comparison_table(comparison))))
    assert tuple(lines[0]) == columns(comparison)
    for line, one in zip(lines, comparison, strict=True):
        assert line["model_set"] == one.manifest.name
        assert float(line["probability"]) == one.explanation.probability
        assert float(line["logit"]) == one.explanation.logit
        assert line["finding"] == one.explanation.finding
        assert line["notice"] == NOTICE
    assert (lines[0]["from_first_model_set_logit_change"], lines[0]["from_first_input_overlap"]) == ("", "")
    assert float(lines[1]["from_first_input_logit_change"]) == pytest.approx(-2)
    assert [line["painted_source"] for line in lines] == ["", "found", "", "found"]
    assert lines[1]["kept_channels_conv1"] == "1"
    assert lines[2]["from_first_model_set_finding_changes"] == "True"
    assert lines[2]["kept_channels_conv1"] == ""
    assert lines[3]["from_first_input_rank_correlation"] == ""


def test_a_foreign_radiograph_has_no_finding_in_either() -> None:
    answer = explanation([[1.0, 2.0]], familiarity=Familiarity(9.0, 1.0, 1.0, 2.0))
    first, second = cell(manifest("a"), ORIGINAL, answer), cell(manifest("b"), ORIGINAL, answer)
    comparison = Comparison(radiograph(), ((first,), (second,)))
    (line, _) = csv.DictReader(io.StringIO(comparison_table(comparison)))
    assert (line["finding"], line["label_withheld"], line["familiarity"]) == ("", "True", "foreign")
    (difference,) = comparison_record(comparison)["differences"]
    assert difference["finding_changes"] is None
