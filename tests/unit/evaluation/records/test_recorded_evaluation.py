"""An evaluation kept with a model set is that of its weights, or is said not to be."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import read_manifest, write_manifest
from densexplain.errors import RecordedEvaluationError
from densexplain.evaluation.records.evaluation_json import report_from_json, report_to_json
from densexplain.evaluation.records.evaluation_report import (
    METRICS,
    CalibrationMetrics,
    EvaluationReport,
    GroupMetrics,
    LevelMetrics,
    MetricEstimate,
    SampleSets,
)
from densexplain.evaluation.records.recorded_evaluation import EVALUATION_FILE, read_evaluation, write_evaluation
from densexplain.evaluation.records.recorded_predictions import (
    PREDICTIONS_FILE,
    RecordedPredictions,
    decode_predictions,
    encode_predictions,
)
from densexplain.vocabulary import Split

_HASHES = tuple(sha256(name).hexdigest() for name in (b"a", b"b", b"c"))
PREDICTIONS = RecordedPredictions(
    _HASHES,
    ("knee", "knee", "wrist"),
    np.array([1, 1, 2]),
    np.array([True, True, False]),
    np.array([2.0, -1.0, 0.0]),
    # Sigmoids worked out with a calculator.
    np.array([0.880797, 0.268941, 0.5]),
    Split.VALID,
)


def _level(units: int) -> LevelMetrics:
    figures = {name: MetricEstimate(0.75, 0.5, 0.875) for name in METRICS} | {
        "auc": MetricEstimate(None, None, None, "undefined")
    }
    return LevelMetrics(units, 1, 0, 1, 0, units - 1, 0, figures)


def _report(folder: Path) -> EvaluationReport:
    manifest = read_manifest(folder)
    return EvaluationReport(
        model_set=manifest.name,
        version=manifest.version,
        weights_sha256=manifest.weights_sha256,
        split="valid",
        threshold=manifest.threshold,
        resamples=1000,
        seed=0,
        skipped=1,
        predictions_sha256=sha256(encode_predictions(PREDICTIONS)).hexdigest(),
        groups=tuple(GroupMetrics(name, 2, _level(3), _level(2)) for name in ("all", "knee", "wrist")),
        sample_sets=SampleSets(100, 0.7, 0.05),
        calibration=CalibrationMetrics(1.5, True, 0.1, 0.02, 0.4),
    )


@pytest.fixture
def recorded(tiny_folder: Path) -> Path:
    write_evaluation(tiny_folder, _report(tiny_folder), PREDICTIONS)
    return tiny_folder


def test_nothing_recorded_is_no_error(tiny_folder: Path) -> None:
    assert read_evaluation(tiny_folder) is None


def test_it_reads_back_as_written(recorded: Path) -> None:
    evaluation = read_evaluation(recorded)
    assert evaluation is not None
    assert evaluation.report == _report(recorded)
    assert evaluation.report.overall.images.figures["kappa"].high == 0.875
    assert evaluation.report.extremities == ("knee", "wrist")
    assert not evaluation.stale
    for field in dataclasses.fields(RecordedPredictions):
        np.testing.assert_array_equal(getattr(evaluation.predictions, field.name), getattr(PREDICTIONS, field.name))
    assert "Research use only, not for diagnosis" in (recorded / EVALUATION_FILE).read_text()


def test_the_table_has_no_column_for_paths_or_patients(recorded: Path) -> None:
    lines = (recorded / PREDICTIONS_FILE).read_text().splitlines()
    assert lines == [
        "image_sha256,extremity,study,label,logit,probability,split",
        f"{_HASHES[0]},knee,1,abnormal,2.0,0.880797,valid",
        f"{_HASHES[1]},knee,1,abnormal,-1.0,0.268941,valid",
        f"{_HASHES[2]},wrist,2,normal,0.0,0.5,valid",
    ]


@pytest.mark.parametrize("change", [{"weights_sha256": "0" * 64}, {"threshold": 0.6}])
def test_an_evaluation_of_other_weights_is_stale(recorded: Path, change: dict[str, Any]) -> None:
    write_manifest(recorded, dataclasses.replace(read_manifest(recorded), **change))
    evaluation = read_evaluation(recorded)
    assert evaluation is not None
    assert evaluation.stale


def test_an_optional_part_may_be_missing(tiny_folder: Path) -> None:
    bare = dataclasses.replace(_report(tiny_folder), sample_sets=None, calibration=None)
    write_evaluation(tiny_folder, bare, PREDICTIONS)
    evaluation = read_evaluation(tiny_folder)
    assert evaluation is not None
    assert evaluation.report == bare


def test_reading_it_loads_nothing_heavy(recorded: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from densexplain.evaluation.records.recorded_evaluation import read_evaluation;"
        f"assert read_evaluation(Path({str(recorded)!r})).report.split == 'valid';"
        "assert not {'keras', 'tensorflow', 'sklearn', 'streamlit'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(Path(__file__).parents[4])})


def _other_predictions(folder: Path) -> None:
    path = folder / PREDICTIONS_FILE
    path.write_text(path.read_text().replace("normal,0.0,0.5", "abnormal,0.0,0.5"))


_DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "another predictions.csv": (_other_predictions, "it is another, so evaluate with --record again"),
    "no predictions.csv": (lambda folder: (folder / PREDICTIONS_FILE).unlink(), "cannot be read: No such file"),
    "not JSON": (lambda folder: (folder / EVALUATION_FILE).write_text("{"), r"evaluation\.json of tiny to be usable"),
    "deep": (lambda folder: (folder / EVALUATION_FILE).write_text("[" * 100_000), "to be usable"),
    "no object": (lambda folder: (folder / EVALUATION_FILE).write_text("[]"), "to be an object"),
    "too large": (lambda folder: (folder / EVALUATION_FILE).write_bytes(b" " * (1024 * 1024 + 1)), "at most 1048576"),
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_damage_is_told_in_one_sentence(recorded: Path, damage: str) -> None:
    change, sentence = _DAMAGE[damage]
    change(recorded)
    with pytest.raises(RecordedEvaluationError, match=sentence) as refusal:
        read_evaluation(recorded)
    assert "\n" not in str(refusal.value)


_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"format_version": 3}, "received version 3, which needs another densexplain"),
    ({"groups": []}, "all radiographs to come first"),
    ({"patients": ["p1"]}, "known entries only; received 'patients'"),
    ({"threshold": "0.5"}, "expected `threshold` to be a number"),
    ({"threshold": float("nan")}, "expected `threshold` to be a number"),
    ({"groups": [{"extremity": "all"}]}, "to have the entry 'images'"),
    ({"sample_sets": {"sets": 1}}, "to have the entry 'deviation'"),
    (
        {"calibration": {"temperature": 1, "fitted_here": 1, "brier": 0, "calibration_error": 0, "loss": 0}},
        "`fitted_here` to be true or false",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), _WRONG)
def test_entries_that_cannot_be_are_refused(recorded: Path, change: dict[str, Any], sentence: str) -> None:
    entries = json.loads((recorded / EVALUATION_FILE).read_text()) | change
    (recorded / EVALUATION_FILE).write_text(json.dumps(entries))
    with pytest.raises(RecordedEvaluationError, match=sentence):
        read_evaluation(recorded)


def test_json_holds_every_value(tiny_folder: Path) -> None:
    report = _report(tiny_folder)
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


_LINE = f"{_HASHES[0]},knee,1,abnormal,2.0,0.880797,valid"


@pytest.mark.parametrize(
    "line",
    [
        _LINE.replace(_HASHES[0], "patient1/image1.png"),
        _LINE.replace("knee", ""),
        _LINE.replace(",1,", ",patient1,"),
        _LINE.replace("abnormal", "positive"),
        _LINE.replace("2.0", "nan"),
        _LINE.replace("2.0", "much"),
        _LINE.replace("0.880797", "0.9"),
        _LINE.replace("valid", "test"),
        _LINE + ",patient1",
    ],
)
def test_a_line_that_cannot_be_is_refused(line: str) -> None:
    header = "image_sha256,extremity,study,label,logit,probability,split"
    assert decode_predictions(f"{header}\n{_LINE}\n".encode()).image_sha256 == _HASHES[:1]
    with pytest.raises(RecordedEvaluationError, match=r"expected line 2 of predictions\.csv to be possible"):
        decode_predictions(f"{header}\n{line}\n".encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "to have the columns"),
        (b"\xff", "to be a table"),
        (b'image_sha256,"', "to be a table"),
        (b"image_sha256,extremity,study,label,logit,probability,split\n", "it holds none"),
        (
            f"image_sha256,extremity,study,label,logit,probability,split\n{_LINE}\n{_LINE[:-5]}train\n".encode(),
            "of one split",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(RecordedEvaluationError, match=sentence):
        decode_predictions(content)
