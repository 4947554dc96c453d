"""Errors as sentences."""

import logging

import pytest

from densexplain.errors import BusyError, CropError, EmptyFileError, WeightsHashError
from densexplain.radiograph.reading.upload import RefusedFile
from densexplain.ui.messages import nothing_opened, sentence


def test_says_what_was_not_done_first() -> None:
    assert sentence(EmptyFileError("expected a file; received 0 bytes")) == (
        "This file was not opened. Expected a file; received 0 bytes."
    )
    assert sentence(WeightsHashError("x")).startswith("This model set is not used.")
    assert sentence(BusyError("x")).startswith("The explanation has to wait.")


def test_keeps_a_finished_sentence_as_it_is() -> None:
    assert sentence(CropError("A crop must lie inside.")) == "A crop must lie inside."


def test_an_unforeseen_error_shows_and_logs_nothing_of_the_file(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "densexplain"):
        said = sentence(ValueError("PatientName=..."))
    assert "PatientName" not in said + caplog.text
    assert "ValueError" in caplog.text


def test_files_of_which_none_is_opened_leave_the_one_before_and_say_so() -> None:
    refused = RefusedFile(1, "DOE.png", "a radiograph was expected", None)
    one = nothing_opened([refused], "The radiograph")
    assert one == "This file was not opened. A radiograph was expected. The radiograph before it is still open."
    assert nothing_opened([refused] * 3, "") == "None of 3 files was opened. A radiograph was expected."
    assert "holds no radiograph" in nothing_opened([], "")
