"""What ``compare`` prints and writes, and what it refuses."""

import csv
import json

import cv2
import pytest


def test_two_inputs_of_one_model_set(run, use_models, model_folder, radiograph, tmp_path):
    use_models(model_folder)
    legend = ("--legend", 5, 60, 10, 20)
    code, out, err = run("compare", radiograph, "--model-sets", "tiny", *legend, "--out", tmp_path / "out")
    assert (code, err) == (0, [])
    record = json.loads(out)
    assert [cell["input_version"] for cell in record["cells"]] == ["original", "marker removed"]
    assert [cell["painted_px"] for cell in record["cells"]] == [0, 200]
    (difference,) = record["differences"]
    assert difference["logit_change"] == record["cells"][1]["logit"] - record["cells"][0]["logit"] != 0
    assert len(difference["kept_channels"]) == 5
    assert json.loads((tmp_path / "out" / "comparison.json").read_text()) == record
    with (tmp_path / "out" / "comparison.csv").open() as table:
        assert [float(line["logit"]) for line in csv.DictReader(table)] == [cell["logit"] for cell in record["cells"]]
    assert cv2.imread(str(tmp_path / "out" / "comparison.png")) is not None


@pytest.mark.parametrize(
    ("options", "say"),
    [
        (("--inputs", "cropped"), "received cropped"),
        (("--legend", 5, 80, 10, 20), "expected a legend inside the radiograph of 120 rows x 90 columns"),
        (("--crop", 0, 0, 8, 8), "at least 32"),
        (("--inputs", "blurred"), "invalid"),
    ],
)
def test_what_cannot_be_compared_is_refused(refused, radiograph, options, say):
    assert say in refused("compare", radiograph, "--model-sets", "tiny", *options)
