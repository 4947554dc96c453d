"""From a folder of radiographs to a measured model set, and the options on the way."""

import csv
import json
import shutil

import cv2
import numpy as np
import pytest

from densexplain.cli.parser import build_parser
from densexplain.cli.training.train_options import growth_of, recipe_of, run_options_of, text_of
from densexplain.errors import OptionError
from densexplain.evaluation.evaluation_text import measured_text
from densexplain.evaluation.records.evaluation_json import report_to_json
from densexplain.evaluation.records.recorded_evaluation import read_evaluation
from densexplain.training.phantoms.phantom_plan import PhantomPlan
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.vocabulary import ExtremityType
from tests.graphs import without_graph_optimiser

pytestmark = pytest.mark.slow

_QUICK = ["--architecture", "tiny", "--size", "32", "--batch-size", "4", "--learning-rate", "0.003", "--rule", "last"]


@pytest.fixture(scope="module", autouse=True)
def _unoptimised_graphs():
    with without_graph_optimiser():
        yield


@pytest.fixture(scope="module")
def data_set(tmp_path_factory):
    folder, draw = tmp_path_factory.mktemp("data"), np.random.default_rng(3)
    for split in ("train", "valid"):
        for number in range(8):
            study = folder / split / "XR_KNEE" / f"patient{number}" / f"study1_{('negative', 'positive')[number % 2]}"
            study.mkdir(parents=True)
            image = draw.integers(0, 60, (40, 40)).astype(np.uint8)
            image[10:20] += np.uint8(150 * (number % 2))
            cv2.imwrite(str(study / "image1.png"), image)
    return folder


def _arguments(*options):
    words = ["train", "--data", "data", "--model-set", "knee", *options]
    return build_parser().parse_args(words)


def test_without_options_the_recipe_is_the_papers():
    assert recipe_of(_arguments()) == Recipe()


def test_every_setting_is_an_option():
    options = (
        "--architecture densenet121 --size 224 --resize pad --mean 0.1 0.2 0.3 --standard-deviation 0.4 0.5 0.6 "
        "--channel-order BGR --no-lateral-inversion --rotation 10 --epochs 11 --batch-size 16 --learning-rate 1e-3 "
        "--schedule cosine --warmup 0.05 --beta1 0.8 --beta2 0.99 --rule kappa --precision mixed_bfloat16 --seed 1 "
        "--zoom 0.1 --gamma 0.4 --init knee --class-weighting --early-stopping 3 --clip-norm 2 --statistics-batches 5 "
        "--regions 0.5 --averaging 0.99 --phantoms 64 --groups fracture lesion"
    )
    recipe, usual = recipe_of(_arguments(*options.split(), "--growth", "112:7 160*0.5:2")), Recipe()
    assert recipe.growth == (GrowthStep(7, 112), GrowthStep(2, 160, 0.5))
    assert recipe.specification.mean == (0.1, 0.2, 0.3)
    for ours, default in (
        (recipe, usual),
        (recipe.specification, usual.specification),
        (recipe.augmentation, usual.augmentation),
    ):
        assert [name for name in vars(default) if getattr(ours, name) == getattr(default, name)] == []


def test_every_setting_of_the_phantoms_is_an_option():
    options = (
        "--phantoms 64 --phantom-share 0.5 --phantom-repeats 3 --phantom-extremity hand wrist hand "
        "--phantom-severity 0.9 0.1 --phantom-severity-until 0.75 --phantom-enlargement 2 --held-out 32 "
        "--held-out-seed 5 --generators 3"
    )
    arguments, usual = _arguments(*options.split()), PhantomPlan()
    plan = recipe_of(arguments).phantoms
    assert plan.extremities == (ExtremityType.HAND, ExtremityType.WRIST)
    assert [name for name in vars(usual) if getattr(plan, name) == getattr(usual, name)] == []
    assert run_options_of(arguments).generators == 3


def test_phantoms_and_regions_have_a_usual_measure():
    recipe = recipe_of(_arguments("--regions", "--phantoms"))
    assert recipe.phantoms == PhantomPlan()
    assert recipe.regions == 1.0


@pytest.mark.parametrize("text", ["112", "112:", "112:7,160:2", "112:7 x", "-1:3", "112*:7", "112*2:7"])
def test_growth_written_otherwise_is_refused(text):
    with pytest.raises(OptionError, match=r"112:7 224\*0.5:2"):
        growth_of(text)


def test_a_model_set_speaks_cautiously_by_itself():
    text = text_of(_arguments("--extremity", "KNEE", "hand"))
    assert (text.name, text.title) == ("knee", "knee")
    assert "knee and hand" in text.purpose
    assert "Not for diagnosis" in text.not_for


def test_training_and_evaluating_agree(run, use_models, data_set, tmp_path):
    models = tmp_path / "models"
    words = ["train", "--data", data_set, "--model-set", "bands", "--run", tmp_path / "run", "--out", models]
    code, out, progress = run(*words, *_QUICK, "--epochs", 2, "--title", "Bands", "--attribution", "Made by a test.")
    assert code == 0
    assert sum("done in" in line for line in progress) == 2
    trained = json.loads(out)
    card = (models / "bands" / "README.md").read_text()
    assert "Made by a test." in card
    assert card.startswith("# Bands\n")

    use_models(models)
    words = ["evaluate", "--data", data_set, "--model-set", "bands", "--extremity", "knee"]
    code, out, errors = run(*words)
    assert (code, errors) == (0, [])
    figures = json.loads(out)
    kept = read_evaluation(models / "bands")
    assert not kept.stale
    assert json.loads(json.dumps(report_to_json(kept.report)))["groups"] == figures["groups"]
    assert figures["weights_sha256"] == trained["weights_sha256"]
    assert figures["calibration"]["temperature"] == pytest.approx(kept.report.calibration.temperature)
    for name, figure in figures["groups"][0]["images"]["figures"].items():
        assert trained["evaluation"]["valid"][name] == figure["value"], name
    assert "## Measured" in card
    assert measured_text(kept.report) in card

    # The finished run is found and only its model set is written anew.
    (models / "bands" / "model.json").unlink()
    words = ["train", "--data", data_set, "--model-set", "bands", "--run", tmp_path / "run", "--out", models]
    code, out, progress = run(*words, *_QUICK, "--epochs", 2)
    assert code == 0
    assert not [line for line in progress if "done in" in line]
    assert json.loads(out)["weights_sha256"] == trained["weights_sha256"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epochs", "0"], "epochs"),
        (["--epochs", "many"], "--epochs"),
        (["--growth", "112:32"], "growth"),
        (["--schedule", "linear"], "--schedule"),
        (["--rotation", "200"], "rotation"),
        (["--size", "8"], "size_px"),
        (["--extremity", "elbow"], "ELBOW"),
        (["--early-stopping", "-1"], "early_stopping"),
        (["--clip-norm", "-1"], "clip_norm"),
        (["--state-every", "-1"], "--state-every"),
        (["--zoom", "1"], "zoom"),
        (["--init", "unheard-of"], "unheard-of"),
        (["--init", "imagenet", "--imagenet-weights", "missing.h5"], "missing.h5"),
        (["--distributed"], "KERAS_BACKEND=jax"),
        (["--regions", "-1"], "regions"),
        (["--regions"], "truth"),
        (["--averaging", "1"], "averaging"),
        (["--phantoms", "8", "--phantom-severity", "1", "2"], "severity"),
        (["--phantoms", "8", "--phantom-extremity", "knee"], "--phantom-extremity"),
        (["--phantoms", "8", "--generators", "0"], "--generators"),
        (["--phantoms", "8", "--batch-size", "8"], "share of 1 phantoms; one is given"),
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused_before_training(refused, data_set, tmp_path, options, words):
    line = refused("train", "--data", data_set, "--model-set", "x", "--out", tmp_path / "models", *options)
    assert words in line


def test_training_without_any_radiographs_is_refused(refused, tmp_path):
    assert "--phantoms" in refused("train", "--model-set", "x", "--out", tmp_path)


def test_a_run_that_has_not_begun_cannot_be_carried_away(refused, data_set, tmp_path):
    words = ["train", "--data", data_set, "--model-set", "x", "--out", tmp_path, "--run", tmp_path / "run", *_QUICK]
    assert "no state" in refused(*words, "--export", tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_places_that_cannot_be_are_refused_before_training(refused, data_set, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "--out" in refused("train", "--data", data_set, "--model-set", "x", "--out", tmp_path / "file")
    assert "name" in refused("train", "--data", data_set, "--model-set", "../x", "--out", tmp_path)
    assert "train" in refused("train", "--data", tmp_path, "--model-set", "x", "--out", tmp_path / "models")


def test_evaluating_is_refused_in_words_too(refused, data_set, tmp_path):
    words = ["evaluate", "--model-set", "tiny", "--data"]
    assert "XR_" in refused(*words, tmp_path)
    assert "--batch-size" in refused(*words, data_set, "--batch-size", 0)
    assert "--split" in refused(*words, data_set, "--split", "test")


def test_an_installed_model_set_is_not_written_over_unasked(refused, data_set, model_folder):
    before = (model_folder / "tiny" / "model.json").read_bytes()
    line = refused("train", "--data", data_set, "--model-set", "tiny", "--out", model_folder, *_QUICK)
    assert "--replace" in line
    assert (model_folder / "tiny" / "model.json").read_bytes() == before


def test_the_recipe_paper_needs_a_name(refused, data_set, tmp_path):
    assert "--model-set" in refused("train", "--data", data_set, "--out", tmp_path)


def test_what_cannot_be_read_is_named_counted_and_in_the_history(run, data_set, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(data_set, data)
    bad = sorted(data.glob("train/*/*/*/*"))[0], sorted(data.glob("valid/*/*/*/*"))[0]
    for path in bad:
        path.write_text("text")
    words = ["train", "--data", data, "--model-set", "bands", "--run", tmp_path / "run", "--out", tmp_path / "models"]
    options = ["--epochs", 2, "--quiet", "--class-weighting", "--clip-norm", 1, "--tensorboard", tmp_path / "events"]
    code, out, progress = run(*words, *_QUICK, *options)
    assert code == 0
    assert sum(str(bad[0]) in line and "another radiograph took its place" in line for line in progress) == 2
    assert any(str(bad[1]) in line for line in progress)
    assert not [line for line in progress if " step " in line]
    with (tmp_path / "run" / "history.csv").open() as file:
        assert [row["skipped"] for row in csv.DictReader(file)] == ["1", "1"]
    assert (tmp_path / "run" / "learning-curves.png").stat().st_size > 1000
    assert list((tmp_path / "events").iterdir())
    assert json.loads(out)["choices"].keys() == {"difference", "kappa", "loss", "last"}
    assert sum(line.startswith("rule ") for line in progress) == 3
    evaluation = json.loads((tmp_path / "models" / "bands" / "evaluation.json").read_text())
    assert evaluation["skipped"] == 1
