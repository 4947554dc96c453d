"""Measures of maps kept with a model set are those of its weights, or are said not to be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from densexplain import __version__
from densexplain.classifier.model_sets.manifest import read_manifest, write_manifest
from densexplain.errors import ManifestError, RecordedEvaluationError
from densexplain.evaluation.records.map_report import map_report_from_json, map_report_to_json
from densexplain.evaluation.records.recorded_map_measures import (
    MAP_MEASURES_FILE,
    read_map_measures,
    write_map_measures,
)
from tests.map_measures import map_report


@pytest.fixture
def recorded(tiny_folder: Path) -> Path:
    write_map_measures(tiny_folder, map_report(read_manifest(tiny_folder)))
    return tiny_folder


def test_nothing_recorded_is_no_error(tiny_folder: Path) -> None:
    assert read_map_measures(tiny_folder) is None


def test_it_reads_back_as_written(recorded: Path) -> None:
    found = read_map_measures(recorded)
    assert found is not None
    assert found.report == map_report(read_manifest(recorded))
    assert not found.stale
    assert "Research use only, not for diagnosis" in (recorded / MAP_MEASURES_FILE).read_text()
    assert map_report_from_json(json.loads(json.dumps(map_report_to_json(found.report)))) == found.report


def test_a_record_of_before_the_software_was_named_in_it_stays_readable(recorded: Path) -> None:
    path = recorded / MAP_MEASURES_FILE
    entries = json.loads(path.read_text())
    assert entries.pop("densexplain_version") == __version__
    path.write_text(json.dumps(entries))
    found = read_map_measures(recorded)
    assert found is not None
    assert found.report == map_report(read_manifest(recorded))


def test_measures_of_other_weights_are_stale_and_are_not_kept(recorded: Path) -> None:
    report = map_report(read_manifest(recorded))
    write_manifest(recorded, dataclasses.replace(read_manifest(recorded), weights_sha256="0" * 64))
    found = read_map_measures(recorded)
    assert found is not None
    assert found.stale
    with pytest.raises(ManifestError, match=r"expected the weights of tiny to be those measured"):
        write_map_measures(recorded, report)


_DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "not JSON": (lambda path: path.write_text("{"), "to be usable"),
    "deep": (lambda path: path.write_text("[" * 100_000), "to be usable"),
    "no object": (lambda path: path.write_text("[]"), "to be an object"),
    "too large": (lambda path: path.write_bytes(b" " * (256 * 1024 + 1)), "more than 262144 bytes"),
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_damage_is_told_in_one_sentence(recorded: Path, damage: str) -> None:
    change, sentence = _DAMAGE[damage]
    change(recorded / MAP_MEASURES_FILE)
    with pytest.raises(RecordedEvaluationError, match=sentence) as refusal:
        read_map_measures(recorded)
    assert "\n" not in str(refusal.value)


_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"format_version": 2}, "received version 2, which needs another densexplain"),
    ({"patients": "80"}, "expected `patients` to be a whole number"),
    ({"names": []}, "known entries only; received 'names'"),
    ({"sources": {}}, "of the source class activation map; they are missing"),
    ({"sources": {"magic": {}}}, "known entries only; received 'magic'"),
    ({"sources": {"chance": {}}}, "to have the entry 'deletion'"),
    ({"randomised": [{"down_to": "head"}]}, "to have the entry 'correlation'"),
    ({"agreements": [{}]}, "to have the entry 'correlation'"),
]


@pytest.mark.parametrize(("change", "sentence"), _WRONG)
def test_entries_that_cannot_be_are_refused(recorded: Path, change: dict[str, Any], sentence: str) -> None:
    path = recorded / MAP_MEASURES_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(RecordedEvaluationError, match=sentence):
        read_map_measures(recorded)
