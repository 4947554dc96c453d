"""``cases``: every case with its model set, and the answers kept for the page."""

import json

import pytest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.explain.cases.cases import read_cases
from densexplain.explain.cases.recorded_answers import ANSWERS_FILE, read_answers
from densexplain.settings import CASES_VARIABLE, settings
from tests.paper_cases import entry, write_cases


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "cases"
    monkeypatch.setenv(CASES_VARIABLE, str(folder))
    settings.cache_clear()
    return folder


def test_each_case_is_answered_and_the_answers_are_kept_when_asked(folder, run, use_models, model_folder):
    crop = {"top": 10, "left": 10, "height": 90, "width": 60}
    write_cases(folder, entry(model_set="tiny"), entry("cropped", model_set="tiny", crop=crop), entry("closed"))
    use_models(model_folder)
    code, out, err = run("cases")
    assert (code, err) == (0, [])
    first, second, closed = json.loads(out)["cases"]
    assert first["answer"].startswith(("It says", "It withholds"))
    assert first["probability"] != second["probability"]
    assert closed["answer"] == "the model set is not installed"
    assert not (folder / ANSWERS_FILE).exists()
    assert run("cases", "--record")[:2] == (0, out)
    kept = read_answers(folder, read_cases(folder))
    weights = read_manifest(model_folder / "tiny").weights_sha256
    assert kept.keys() == {("wrist-fracture", weights), ("cropped", weights)}
    assert kept["wrist-fracture", weights].sentence == first["answer"]


def test_without_cases_it_says_so(folder, refused):
    assert "there are none" in refused("cases")
