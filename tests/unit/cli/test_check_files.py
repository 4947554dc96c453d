"""A folder of files is read in one go: what is said of each, what is refused, and a sheet of them all."""

import json

import cv2
import numpy as np
import pytest

from densexplain.provenance import NOTICE


@pytest.fixture
def archive(tmp_path):
    """Three files: one of 8 bits, one of 12 bits in 16, one that is no image."""
    folder = tmp_path / "archive"
    (folder / "deeper").mkdir(parents=True)
    ramp = np.linspace(0, 4095, 64 * 48).reshape(64, 48)
    cv2.imwrite(str(folder / "a.png"), (ramp / 16).astype(np.uint8))
    cv2.imwrite(str(folder / "deeper" / "b.png"), ramp.astype(np.uint16))
    (folder / "c.png").write_text("no image")
    return folder


def test_every_file_is_listed_and_counted(run, archive, tmp_path):
    code, out, err = run("check-files", archive, "--sheet", tmp_path / "sheet.png")
    assert (code, err) == (0, [])
    record = json.loads(out)
    assert record["notice"] == NOTICE
    first, refused, deep = record["files"]
    assert [entry["file"] for entry in record["files"]] == ["a.png", "c.png", "deeper/b.png"]
    assert (first["read"], first["rows"], first["columns"], first["notes"]) == (True, 64, 48, [])
    assert first["contrast"] == pytest.approx(0.95, abs=0.01)
    assert (refused["read"], refused["error"]) == (False, "UnknownFormatError")
    assert "DICOM, PNG or JPEG" in refused["refusal"]
    assert "12-bit" in deep["notes"][0]
    summary = record["summary"]
    assert (summary["files"], summary["read"], summary["refused"]) == (3, 2, {"UnknownFormatError": 1})
    assert summary["notes"] == {deep["notes"][0]: 1}
    assert summary["files_a_second"] > 0
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    tile = sheet[40:190, 10:160].astype(int).mean(axis=2)
    assert tile.max() > 200
    assert sheet.shape[1] >= 3 * 160


def test_a_folder_that_is_none_or_empty_is_refused(refused, tmp_path):
    assert "expected a folder" in refused("check-files", tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    assert "empty directory" in refused("check-files", tmp_path / "empty")
