"""``phantom``: simulated data sets from the command line."""

import json

import pytest

pytestmark = pytest.mark.slow


def test_it_writes_a_data_set_and_says_so(run, tmp_path):
    code, out, err = run(
        "phantom", "--out", tmp_path / "set", "--count", 3, "--extremity", "wrist", "--size", 96,
        "--shortcut", 1, 0, "--processes", 1,
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["images"] == 3
    assert "not for diagnosis" in out
    assert err == ["3 of 3 phantoms"]
    assert len(list((tmp_path / "set").rglob("XR_WRIST/*/*/image*.json"))) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", 0], "images"),
        (["--extremity", "knee"], "--extremity"),
        (["--shortcut", 2, 0], "0 to 1"),
        (["--size", 10], "size_px"),
        (["--format", "JPEG"], "--format"),
    ],
)
def test_what_cannot_be_simulated_is_refused(refused, tmp_path, arguments, words):
    assert words in refused("phantom", "--out", tmp_path / "set", "--count", 2, *arguments)
