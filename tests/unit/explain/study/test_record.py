"""What is said of a study: who disagrees, one scale, and records that hold everything and no name."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from densexplain.explain.explainer import Explainer
from densexplain.explain.explanation import Explanation
from densexplain.explain.familiarity import Familiarity
from densexplain.explain.study.record import study_record, study_table
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading, projection_name
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.reading.upload import RefusedFile
from densexplain.vocabulary import FileFormat, Finding

REFUSED = RefusedFile(4, "DOE^JANE.dcm", "A complete file was expected.", "ab" * 32)
FOREIGN = Familiarity(90.0, 1.0, 10.0, 20.0)


def projection(number: int, explanation: Explanation, probability: float, **facts: str) -> ExplainedProjection:
    pixels = np.random.default_rng(number).random((100, 90), np.float32)
    radiograph = Radiograph(pixels, FileFormat.DICOM, Acquisition(**facts), f"{number}" * 64)
    finding = Finding.ABNORMAL if probability > explanation.threshold else Finding.NORMAL
    geometry = Geometry(Crop(number, 0, 50, 60))
    return ExplainedProjection(
        number, 1, radiograph, geometry, replace(explanation, probability=probability, finding=finding)
    )


@pytest.fixture(scope="module")
def reading(explainer: Explainer, network_inputs: np.ndarray) -> StudyReading:
    explanations = explainer.explain_several(list(network_inputs[:3]))
    facts = {"body_part": "WRIST", "laterality": "L"}
    projections = (
        projection(1, explanations[0], 0.8, projection="PA", **facts),
        projection(2, explanations[1], 0.7, projection="LATERAL", **facts),
        projection(3, explanations[2], 0.1, **facts),
    )
    return StudyReading(explainer.model_set.manifest, projections, (REFUSED,))


def test_several_explained_at_once_are_those_explained_one_by_one(
    explainer: Explainer, network_inputs: np.ndarray
) -> None:
    together = explainer.explain_several(list(network_inputs))
    for network_input, found in zip(network_inputs, together, strict=True):
        alone = explainer.explain(network_input)
        assert found.logit == pytest.approx(alone.logit, abs=1e-5)
        assert found.evidence_sum + found.bias == pytest.approx(found.logit, abs=1e-5)
        np.testing.assert_allclose(found.activation_map, alone.activation_map, atol=1e-4)
        for one, other in zip(found.stages, alone.stages, strict=True):
            for ranking, ranked in one.rankings.items():
                np.testing.assert_allclose(ranked.strengths, other.rankings[ranking].strengths, atol=1e-4)
    assert explainer.explain_several([]) == ()


def test_large_inputs_go_in_smaller_batches(explainer: Explainer) -> None:
    assert explainer.batch_size == 16  # at 64 px


def test_a_projection_that_says_something_else_is_pointed_out(reading: StudyReading) -> None:
    assert reading.vote.finding is Finding.ABNORMAL
    assert [reading.disagrees(one) for one in reading.projections] == [False, False, True]
    assert projection_name(reading.projections[0].radiograph) == "WRIST L PA"


def test_a_study_votes_on_the_class_that_was_chosen_by_its_own_threshold(reading: StudyReading) -> None:
    chosen = tuple(
        replace(one, explanation=replace(one.explanation, output_class="fracture", threshold=0.75, finding=finding))
        for one, finding in zip(reading.projections, (Finding.ABNORMAL, Finding.NORMAL, Finding.NORMAL), strict=True)
    )
    found = replace(reading, projections=chosen)
    assert (found.vote.abnormal, found.vote.normal, found.vote.threshold) == (1, 2, 0.75)
    assert found.vote.sentence == "2 of 3 radiographs say no fracture."
    assert [found.disagrees(one) for one in found.projections] == [True, False, False]
    assert study_record(found)["study"]["class"] == "fracture"
    rows = list(csv.DictReader(io.StringIO(study_table(found))))
    assert [row["class"] for row in rows] == ["fracture"] * 4 + [""]


def test_a_foreign_projection_neither_votes_nor_disagrees(reading: StudyReading) -> None:
    first, *others = reading.projections
    foreign = replace(first, explanation=replace(first.explanation, familiarity=FOREIGN))
    found = replace(reading, projections=(foreign, *others))
    assert (found.vote.abnormal, found.vote.normal, found.vote.withheld, found.vote.tie) == (1, 1, 1, True)
    assert not found.disagrees(foreign)
    assert study_record(found)["radiographs"][0]["finding"] is None


def test_one_scale_reaches_as_far_as_any_map(reading: StudyReading) -> None:
    largest = max(float(np.abs(one.explanation.activation_map).max()) for one in reading.projections)
    assert reading.limit_logits == largest
    empty = np.zeros((2, 2), np.float32)
    flat = tuple(
        replace(one, explanation=replace(one.explanation, activation_map=empty)) for one in reading.projections
    )
    assert replace(reading, projections=flat).limit_logits == reading.manifest.activation_map_limit_logits


def test_mixed_radiographs_are_said_plainly(reading: StudyReading) -> None:
    assert reading.warnings == ()
    first, *others = reading.projections
    of_hand = replace(first, radiograph=replace(first.radiograph, acquisition=Acquisition(body_part="HAND")))
    mixed = replace(reading, projections=(of_hand, *others), studies=2)
    assert "2 different studies" in mixed.warnings[0]
    assert "2 extremities, HAND and WRIST L" in mixed.warnings[1]


def test_the_record_holds_everything_and_no_name(reading: StudyReading) -> None:
    text = json.dumps(study_record(reading, seconds={"read": 0.1}), allow_nan=False)
    record = json.loads(text)
    assert "DOE" not in text
    assert record["study"] == {
        "class": "abnormal",
        "finding": "abnormal",
        "abnormal": 2,
        "normal": 1,
        "withheld": 0,
        "tie": False,
        "mean_probability": pytest.approx(1.6 / 3),
        "mean_finding": "abnormal",
        "threshold": 0.4,
        "sentence": "2 of 3 radiographs say abnormal.",
        "disagreeing": [3],
        "extremities": ["WRIST L"],
        "warnings": [],
    }
    assert record["engine"] == reading.projections[0].explanation.engine
    assert record["refused"] == [{"file": 4, "sha256": "ab" * 32, "reason": "A complete file was expected."}]
    assert [one["file"] for one in record["radiographs"]] == [1, 2, 3]
    assert [one["input"]["crop"] for one in record["radiographs"]] == [[n, 0, 50, 60] for n in (1, 2, 3)]
    assert record["radiographs"][1]["projection"] == "LATERAL"
    assert all(len(one["stages"]) == 5 for one in record["radiographs"])
    assert "Research use only" in record["notice"]
    assert record["seconds"] == {"read": 0.1}


def test_the_table_has_a_row_for_the_study_each_radiograph_and_each_refusal(reading: StudyReading) -> None:
    rows = list(csv.DictReader(io.StringIO(study_table(reading))))
    assert [(row["kind"], row["file"]) for row in rows] == [
        ("study", ""),
        ("radiograph", "1"),
        ("radiograph", "2"),
        ("radiograph", "3"),
        ("refused", "4"),
    ]
    assert rows[0]["finding"] == "abnormal"
    assert float(rows[0]["mean_probability"]) == pytest.approx(1.6 / 3)
    assert [row["disagrees"] for row in rows[1:4]] == ["False", "False", "True"]
    assert rows[2]["top"] == "2"
    assert all(row["notice"] == "Research use only, not for diagnosis" for row in rows)
    assert "DOE" not in study_table(reading)
