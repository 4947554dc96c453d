"""Whoever reads a file of JSON refuses hostile content by an error of its own, in one short sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, read_manifest
from densexplain.classifier.model_sets.weights_file import read_header
from densexplain.errors import (
    CaseError,
    DensexplainError,
    ManifestError,
    RecordedEvaluationError,
    RegionsError,
    WeightsHeaderError,
)
from densexplain.evaluation.records.recorded_evaluation import EVALUATION_FILE, read_evaluation
from densexplain.evaluation.records.recorded_map_measures import MAP_MEASURES_FILE, read_map_measures
from densexplain.explain.cases.cases import CASES_FILE, read_cases
from densexplain.explain.cases.recorded_answers import ANSWERS_FILE, read_answers
from densexplain.radiograph.regions.region_file import read_region_file, regions_from_text

_HUGE = b"1" + b"0" * 400
_CONTENTS = {
    "400 digits": b'{"format_version": ' + _HUGE + b', "regions": [{"box": [' + _HUGE + b", 0, 1, 1]}]}",
    "400 digits in a list": b'[{"figure": ' + _HUGE + b', "probability": ' + _HUGE + b"}]",
    "infinite": b'{"format_version": 1e400, "regions": [{"box": [1e400, 0, 1, 1]}]}',
    "NaN": b'[{"figure": NaN}]',
    "deep": b'{"format_version": ' + b"[" * 500 + b"]" * 500 + b"}",
    "very deep": b"[" * 100_000,
    "twice": b'{"format_version": 1, "format_version": 2, "regions": [], "regions": []}',
    "half a surrogate pair": rb'{"format_version": 1, "regions": [{"name": "\ud800", "box": [0, 0, 1, 1]}]}',
}


def _in_folder(name: str, read: Callable[[Path], object]) -> Callable[[Path, bytes], object]:
    def written_and_read(folder: Path, content: bytes) -> object:
        (folder / name).write_bytes(content)
        return read(folder)

    return written_and_read


def _region_file(folder: Path, content: bytes) -> object:
    (folder / "regions.json").write_bytes(content)
    return read_region_file(folder / "regions.json", 60, 50)


_READERS: dict[str, tuple[Callable[[Path, bytes], object], type[DensexplainError]]] = {
    "manifest": (_in_folder(MANIFEST_FILE, read_manifest), ManifestError),
    "evaluation": (_in_folder(EVALUATION_FILE, read_evaluation), RecordedEvaluationError),
    "map measures": (_in_folder(MAP_MEASURES_FILE, read_map_measures), RecordedEvaluationError),
    "cases": (_in_folder(CASES_FILE, read_cases), CaseError),
    "answers": (_in_folder(ANSWERS_FILE, lambda folder: read_answers(folder, ())), CaseError),
    "regions": (_region_file, RegionsError),
    "regions of a page": (lambda _, content: regions_from_text(content, 60, 50), RegionsError),
    "weights": (
        lambda _, content: read_header(len(content).to_bytes(8, "little") + content, "weights.safetensors"),
        WeightsHeaderError,
    ),
}


@pytest.mark.parametrize("content", _CONTENTS)
@pytest.mark.parametrize("reader", _READERS)
def test_it_is_refused(tiny_folder: Path, reader: str, content: str) -> None:
    read, error = _READERS[reader]
    with pytest.raises(error) as refusal:
        read(tiny_folder, _CONTENTS[content])
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert len(sentence.encode()) < 500


def test_a_free_entry_is_bounded_too(tiny_folder: Path) -> None:
    entries = json.loads((tiny_folder / MANIFEST_FILE).read_text())
    text = json.dumps(entries | {"training": {"seed": "SEED"}}).replace('"SEED"', "1" * 401)
    (tiny_folder / MANIFEST_FILE).write_text(text)
    with pytest.raises(ManifestError, match="`seed` to be a number of at most 64 bits"):
        read_manifest(tiny_folder)
