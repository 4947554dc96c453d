"""``experiment`` on tiny phantoms: what it prints and writes, whom it finds out, and what it refuses."""

import json
import shutil

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.model_set import load_model_set, write_model_set
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.vocabulary import FocusPart
from tests.networks import pooled_of, tensors_of_keras
from tests.phantoms import phantom, write_phantoms
from tests.stages import STAGES
from tests.tiny import write_tiny

pytestmark = pytest.mark.slow

FILES = {"experiment.json", "report.md", "focus.png", "focus.pdf", "evidence.png", "evidence.pdf"}


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    write_phantoms(folder, shortcut={"abnormal": 1.0, "normal": 0.0})
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """``tiny``, and two with other heads: ``legend`` goes by what a text legend changes, ``blind`` by nothing of it."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny(folder / "tiny", 11, "Tiny", tensors_of_keras(11))
    tiny, draw = load_model_set(folder / "tiny"), np.random.default_rng(9)
    inputs = []
    for seed in range(12):
        for legend in (True, False):
            pixels, _ = phantom(np.random.default_rng(seed), legend, frame=seed % 2 == 0)
            network_input = prepare((pixels / 255).astype(np.float32), tiny.manifest.specification)
            inputs.append(network_input)
    pooled = list(pooled_of(tiny, np.stack(inputs)).astype(np.float64))
    with_legend, without = np.array(pooled[::2]), np.array(pooled[1::2])
    changes = with_legend - without
    mean = changes.mean(axis=0)
    random = draw.normal(0, 1, mean.shape)
    span = np.linalg.svd(changes, full_matrices=False)[2][:6]
    heads = {"legend": 4 * mean / (mean @ mean), "blind": random - span.T @ (span @ random)}
    for name, head in heads.items():
        tensors = {key: np.array(value) for key, value in tiny.read_tensors().items()}
        tensors["predictions/kernel"] = head[:, None].astype(np.float32)
        tensors["predictions/bias"] = np.array([-(with_legend + without).mean(axis=0) @ head / 2], np.float32)
        write_model_set(
            folder / name,
            tensors,
            name=name,
            title=name.capitalize(),
            version="1",
            purpose="Testing.",
            not_for="Anything else.",
            architecture="tiny",
            specification=InputSpecification(size_px=64),
            card="",
        )
    return folder


@pytest.fixture
def experiment(run, use_models, models, phantoms, tmp_path):
    """Run ``experiment``: its record, what it printed, and the folder that it wrote."""
    use_models(models)

    def run_experiment(*names, data=phantoms, options=()):
        out = tmp_path / "out"
        code, printed, progress = run(
            "experiment", "--data", data, "--model-sets", *names, "--resamples", 200, "--out", out, *options
        )
        assert code == 0, progress  # a slow machine may report on the way
        return json.loads((out / "experiment.json").read_text()), printed, out

    return run_experiment


def test_the_model_set_that_goes_by_the_legend_is_found_out_and_the_other_is_not(experiment):
    record, printed, out = experiment("legend", "blind")
    legend, blind = record["model_sets"]
    assert record["legend_planted_with"] == "abnormal"
    assert (legend["verdict"]["rests"], blind["verdict"]["rests"]) == (True, False)
    assert legend["verdict"]["push"]["value"] == pytest.approx(4, abs=1.5)
    assert legend["verdict"]["push"]["images"] == 8
    assert printed.count("Rests on the text legend: yes") == printed.count("Rests on the text legend: no") == 1
    assert {path.name for path in out.iterdir()} == FILES
    text = (out / "report.md").read_text()
    for content in (text, printed, record["notice"]):
        assert "Research use only, not for diagnosis" in content
    assert "## legend less blind, on the same radiographs" in text
    assert "patient0" not in text + (out / "experiment.json").read_text()


def test_figures_stand_for_what_they_are_named_after(experiment):
    record, _, out = experiment("legend", "tiny")
    figures = record["model_sets"][0]["figures"]
    for stage in STAGES:
        assert figures[f"{stage}/foreground/area"]["images"] == 16
        assert figures[f"{stage}/image frame/area"]["images"] == 4
        for part in FocusPart:
            assert f"{stage}/{part}/activation" in figures
    assert figures["frame/area after"]["value"] == 0
    assert figures["frame/area before"]["value"] == pytest.approx(1 - 80 * 64 / (96 * 80), abs=0.01)
    assert figures["legend/push"]["images"] == 8
    assert figures["legend/push"] == figures["abnormal/legend/push"], "only abnormal ones have a legend"
    assert abs(figures["sham/push"]["value"]) < 0.5 < figures["legend/push"]["value"], "a patch elsewhere is no legend"
    for when in ("before", "after"):
        assert 0 <= record["model_sets"][1]["figures"][f"frame/evidence {when}"]["value"] <= 1
    difference = record["differences"]["tiny"]["legend/push"]["value"]
    other = record["model_sets"][1]["figures"]["legend/push"]["value"]
    assert difference == pytest.approx(figures["legend/push"]["value"] - other)
    assert (out / "focus.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "evidence.pdf").read_bytes().startswith(b"%PDF")


def test_a_legend_planted_with_normal_is_not_found_where_it_pushes_towards_abnormal(experiment, tmp_path):
    write_phantoms(tmp_path / "other", shortcut={"abnormal": 0.1, "normal": 0.9})
    record, printed, _ = experiment("legend", data=tmp_path / "other")
    assert record["legend_planted_with"] == "normal"
    assert record["model_sets"][0]["verdict"]["rests"] is False
    assert "yes" not in printed


def test_the_same_seed_examines_the_same_images(experiment):
    first, _, _ = experiment("blind", options=["--limit", 5, "--seed", 3])
    again, _, _ = experiment("blind", options=["--limit", 5, "--seed", 3])
    other, _, _ = experiment("blind", options=["--limit", 5, "--seed", 4])
    assert first["images"] == 5
    assert first == again
    assert first["model_sets"] != other["model_sets"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limit", 0], "`--limit` must be at least 1; received 0"),
        (["--resamples", 99], "`--resamples` must lie between 100 and 100000; received 99"),
        (["--seed", -1], "`--seed` must not be negative"),
        (["--extremity", "knee"], "KNEE"),
        (["--split", "train"], "train"),
    ],
)
def test_a_bad_option_is_refused_in_one_sentence(refused, phantoms, options, words):
    assert words in refused("experiment", "--data", phantoms, "--model-sets", "tiny", *options)


def test_an_unknown_model_set_is_refused(refused, phantoms):
    assert "missing" in refused("experiment", "--data", phantoms, "--model-sets", "tiny", "missing")


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(refused, phantoms, tmp_path):
    (tmp_path / "file").write_text("in the way")
    words = refused("experiment", "--data", phantoms, "--model-sets", "tiny", "--out", tmp_path / "file")
    assert "expected a folder that can be written for --out" in words


def _without_folder(folder, place):
    shutil.rmtree(folder / "truth")


def _without_regions(folder, place):
    place.with_suffix(".png").unlink()


def _without_record(folder, place):
    place.with_suffix(".json").unlink()


def _no_object(folder, place):
    place.with_suffix(".json").write_text("[]")


def _no_shares(folder, place):
    place.with_suffix(".json").write_text('{"shortcut": {"abnormal": "often"}}')


def _other_size(folder, place):
    cv2.imwrite(str(place), np.zeros((20, 30), np.uint8))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_without_folder, "with a folder truth"),
        (_without_regions, "expected the regions"),
        (_without_record, "expected the record"),
        (_no_object, "a JSON object"),
        (_no_shares, "its shares"),
        (_other_size, "expected regions of 96 x 80 px"),
    ],
)
def test_phantoms_of_which_too_little_is_known_are_refused(refused, phantoms, tmp_path, damage, words):
    data = shutil.copytree(phantoms, tmp_path / "data")
    damage(data, data / "truth" / "valid" / "XR_WRIST" / "patient00000" / "study1_negative" / "image1.png")
    assert words in refused("experiment", "--data", data, "--model-sets", "tiny")
