"""Answers to the cases are kept as they were given, and hold for the weights that gave them."""

import json

import pytest

from densexplain.errors import CaseError
from densexplain.explain.cases.case_answer import CaseAnswer
from densexplain.explain.cases.cases import PaperCase
from densexplain.explain.cases.recorded_answers import ANSWERS_FILE, read_answers, write_answers
from densexplain.radiograph.crop import Geometry
from densexplain.vocabulary import Finding, FocusPart

CASE = PaperCase("screws", 5, "Screws", "screws", "wrist", Geometry(), "Look.", "Found.", Finding.ABNORMAL)
AREA = dict.fromkeys(FocusPart, 0.2)
EVIDENCE = dict(zip(FocusPart, (0.1, 0.2, 0.4, 0.0, 0.3), strict=True))
ANSWER = CaseAnswer(CASE, Finding.ABNORMAL, 0.83, EVIDENCE, AREA)
WITHHELD = CaseAnswer(CASE, None, 0.4, None, AREA)


def test_what_is_written_is_read_again(tmp_path):
    write_answers(tmp_path, [("a" * 64, ANSWER), ("b" * 64, WITHHELD)])
    again = read_answers(tmp_path, (CASE,))
    assert again == {("screws", "a" * 64): ANSWER, ("screws", "b" * 64): WITHHELD}
    assert again["screws", "a" * 64].sentence == ANSWER.sentence


def test_an_answer_of_an_earlier_version_calls_the_abnormality_finding(tmp_path):
    write_answers(tmp_path, [("a" * 64, ANSWER)])
    entries = json.loads((tmp_path / ANSWERS_FILE).read_text())
    for shares in (entries[0]["evidence"], entries[0]["area"]):
        shares["finding"] = shares.pop("abnormality")
    (tmp_path / ANSWERS_FILE).write_text(json.dumps(entries))
    assert read_answers(tmp_path, (CASE,)) == {("screws", "a" * 64): ANSWER}


def test_a_case_that_is_no_more_has_no_answer_and_no_file_has_none(tmp_path):
    assert read_answers(tmp_path, (CASE,)) == {}
    write_answers(tmp_path, [("a" * 64, ANSWER)])
    assert read_answers(tmp_path, ()) == {}


def _entry(**changes):
    entry = {
        "case": "screws", "weights_sha256": "a" * 64, "finding": "abnormal", "probability": 0.5,
        "evidence": None, "area": {str(part): 0.2 for part in FocusPart},
    }  # fmt: skip
    return json.dumps([{**entry, **changes}])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        _entry(finding="broken"),
        _entry(probability="high"),
        _entry(area={"finding": 1.0}),
        _entry(more=1),
        "[" * 5000,
        " " * 300_000,
    ],
)
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / ANSWERS_FILE).write_text(content)
    with pytest.raises(CaseError, match=r"answers\.json"):
        read_answers(tmp_path, (CASE,))
