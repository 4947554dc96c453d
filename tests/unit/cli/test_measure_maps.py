"""``measure-maps`` on radiographs whose abnormalities are known: what it prints, writes, keeps and refuses."""

import json
import shutil

import cv2
import numpy as np
import pytest

from densexplain.evaluation.records.map_report import map_report_from_json
from densexplain.evaluation.records.recorded_map_measures import MAP_MEASURES_FILE, read_map_measures
from densexplain.radiograph.regions.regions import RegionMasks, write_regions
from densexplain.vocabulary import MapMeasure, MapSource, Region
from tests.tiny import write_tiny

pytestmark = pytest.mark.slow

_AMOUNT = ("--occlusion-limit", 2, "--curve-limit", 2, "--steps", 4, "--resamples", 100)


@pytest.fixture(scope="module")
def data_set(tmp_path_factory):
    """Three abnormal wrists with a square abnormality of a sixteenth of the area, one without, and a normal one."""
    folder, draw = tmp_path_factory.mktemp("phantoms"), np.random.default_rng(8)
    for number in range(5):
        label = "negative" if number == 4 else "positive"
        study = f"valid/XR_WRIST/patient0000{number}/study1_{label}"
        pixels = cv2.resize(draw.integers(0, 256, (8, 8)).astype(np.uint8), (64, 64))
        masks = {Region.BONE: np.ones((64, 64), bool)}
        if number < 3:
            abnormality = np.zeros((64, 64), bool)
            abnormality[16 * number : 16 * number + 16, 16:32] = True
            masks[(Region.ABNORMALITY, Region.HARDWARE)[number % 2]] = abnormality
        for root in (folder, folder / "truth"):
            (root / study).mkdir(parents=True)
        assert cv2.imwrite(str(folder / study / "image1.png"), pixels)
        write_regions(folder / "truth" / study / "image1.png", RegionMasks((64, 64), masks))
    return folder


@pytest.fixture
def models(model_folder, use_models, tmp_path):
    copy = shutil.copytree(model_folder, tmp_path / "models")
    use_models(copy)
    return copy


@pytest.fixture
def measure(run, models, data_set):
    def measure_data(*options):
        code, out, _ = run("measure-maps", "--data", data_set, "--model-set", "tiny", *_AMOUNT, *options)
        assert code == 0
        return out

    return measure_data


def test_a_table_a_file_and_a_record_say_the_same(measure, models, tmp_path):
    write_tiny(models / "other", 12, "Other")
    text = measure("--out", tmp_path / "measures.json", "--record", "--compare", "other", "tiny")
    entries = json.loads((tmp_path / "measures.json").read_text())
    report = map_report_from_json(entries)
    recorded = read_map_measures(models / "tiny")
    assert recorded.report == report
    assert not recorded.stale
    assert entries["notice"] == "Research use only, not for diagnosis"
    assert (report.images, report.patients, report.extremities) == (3, 3, ("wrist",))
    assert list(report.sources) == list(MapSource)

    chance = report.sources[MapSource.CHANCE]
    assert chance[MapMeasure.EVIDENCE_INSIDE].value == pytest.approx(1 / 16)
    assert chance[MapMeasure.INTERSECTION].value == pytest.approx((1 / 16) / (2 - 1 / 16))
    assert chance[MapMeasure.POINTING_GAME].value > 4 / 16
    for source, figures in report.sources.items():
        of_few = source is MapSource.OCCLUSION
        assert figures[MapMeasure.POINTING_GAME].images == (2 if of_few else 3)
        assert figures[MapMeasure.DELETION].images == 2
        for figure in figures.values():
            assert figure.value is None or 0 <= figure.low <= figure.value <= figure.high <= 1
    assert [step.down_to for step in report.randomised] == ["head", "block4", "block3", "block2", "block1", "conv1"]
    other, same = report.agreements
    assert (same.correlation.value, same.overlap.value) == (pytest.approx(1), 1)
    assert other.correlation.value < 1
    hit = report.sources[MapSource.ACTIVATION_MAP][MapMeasure.POINTING_GAME]
    assert f"{hit.value:.3f} ({hit.low:.2f} to {hit.high:.2f})" in text
    assert "patient0" not in (models / "tiny" / MAP_MEASURES_FILE).read_text()


def test_the_same_command_measures_the_same_and_changes_no_model_set(measure, models):
    before = {path.name: path.read_bytes() for path in (models / "tiny").iterdir()}
    assert measure("--limit", 2, "--occlusion-limit", 0) == measure("--limit", 2, "--occlusion-limit", 0)
    assert {path.name: path.read_bytes() for path in (models / "tiny").iterdir()} == before
    assert "occlusion" not in measure("--limit", 1, "--occlusion-limit", 0, "--curve-limit", 0)


def test_without_its_truth_a_data_set_is_refused(refused, data_set, tmp_path):
    bare = shutil.copytree(data_set / "valid", tmp_path / "bare" / "valid").parent
    line = refused("measure-maps", "--data", bare, "--model-set", "tiny")
    assert "expected a phantom data set, with a folder truth" in line


def _unmarked(folder):
    for path in (folder / "truth").rglob("*.png"):
        write_regions(path, RegionMasks((64, 64), {}))


def _one_missing(folder):
    for path in (folder / "truth").rglob("*.png"):
        path.unlink()


def _of_another_size(folder):
    for path in (folder / "truth").rglob("*.png"):
        write_regions(path, RegionMasks((32, 64), {Region.ABNORMALITY: np.ones((32, 64), bool)}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_unmarked, "expected abnormal radiographs with a marked abnormality"),
        (_one_missing, "it cannot be read"),
        (_of_another_size, "expected regions of (64, 64) pixels"),
    ],
)
def test_a_truth_that_cannot_be_is_refused(refused, data_set, tmp_path, damage, words):
    copy = shutil.copytree(data_set, tmp_path / "copy")
    damage(copy)
    assert words in refused("measure-maps", "--data", copy, "--model-set", "tiny")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limit", 0], "`--limit` must be at least 1; received 0"),
        (["--occlusion-limit", -1], "`--occlusion-limit` must be at least 0"),
        (["--resamples", 99], "`--resamples` must be at least 100; received 99"),
        (["--extremity", "elbow"], "ELBOW"),
        (["--compare", "absent"], "absent"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_one_sentence(refused, data_set, options, words):
    assert words in refused("measure-maps", "--data", data_set, "--model-set", "tiny", *options)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(refused, data_set, tmp_path):
    (tmp_path / "file").write_text("in the way")
    line = refused("measure-maps", "--data", data_set, "--model-set", "tiny", "--out", tmp_path / "file" / "m.json")
    assert "expected a folder that can be written for --out" in line
