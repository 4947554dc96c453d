"""What ``compare`` prints and writes, and what it refuses."""

import csv
import json

import cv2
import pytest

from densexplain.phantom.samples import draw_sample

pytestmark = pytest.mark.slow


def test_two_inputs_of_one_model_set(run, use_models, model_folder, radiograph, tmp_path):
    use_models(model_folder)
    legend = ("--legend", 5, 60, 10, 20)
    code, out, err = run("compare", radiograph, "--model-sets", "tiny", *legend, "--stages", "--out", tmp_path / "out")
    assert (code, err) == (0, [])
    record = json.loads(out)
    assert [cell["input_version"] for cell in record["cells"]] == ["original", "marker removed"]
    assert [cell["painted_px"] for cell in record["cells"]] == [0, 200]
    assert [cell["painted_source"] for cell in record["cells"]] == [None, "drawn"]
    (difference,) = record["differences"]
    assert difference["logit_change"] == record["cells"][1]["logit"] - record["cells"][0]["logit"] != 0
    assert len(difference["kept_channels"]) == 5
    assert json.loads((tmp_path / "out" / "comparison.json").read_text()) == record
    with (tmp_path / "out" / "comparison.csv").open() as table:
        assert [float(line["logit"]) for line in csv.DictReader(table)] == [cell["logit"] for cell in record["cells"]]
    assert cv2.imread(str(tmp_path / "out" / "comparison.png")) is not None
    assert (tmp_path / "out" / "comparison.pdf").read_bytes().count(b"/Type /Page ") == 6


def test_a_text_legend_is_found_where_none_is_drawn(run, use_models, model_folder, tmp_path):
    use_models(model_folder)
    framed = tmp_path / "framed.png"
    cv2.imwrite(str(framed), draw_sample("knee-in-frame"))
    code, out, err = run("compare", framed, "--model-sets", "tiny", "--inputs", "original", "marker removed")
    assert (code, err) == (0, [])
    original, removed = json.loads(out)["cells"]
    assert (original["painted_px"], original["painted_source"]) == (0, None)
    assert removed["painted_source"] == "found"
    assert 0 < removed["painted_px"] < 0.1 * 1160 * 980
    assert removed["logit"] != original["logit"]


def test_where_no_text_legend_is_found_none_is_removed(refused, tmp_path):
    plain = tmp_path / "plain.png"
    cv2.imwrite(str(plain), draw_sample("knee"))
    said = refused("compare", plain, "--model-sets", "tiny", "--inputs", "marker removed")
    assert "received marker removed (no text legend was found and none is drawn)" in said


@pytest.mark.parametrize(
    ("options", "say"),
    [
        (("--inputs", "cropped"), "received cropped (no image frame was found and no crop is chosen)"),
        (("--legend", 5, 80, 10, 20), "expected a legend inside the radiograph of 120 rows x 90 columns"),
        (("--crop", 0, 0, 8, 8), "at least 32"),
        (("--inputs", "blurred"), "invalid"),
        (("--stages",), "expected --out with --stages"),
        (("--out", "/proc/nowhere"), "expected a folder that can be written as --out"),
    ],
)
def test_what_cannot_be_compared_is_refused(refused, radiograph, options, say):
    assert say in refused("compare", radiograph, "--model-sets", "tiny", *options)
