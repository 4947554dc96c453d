"""``model-sets`` lists and verifies; ``import-weights`` adds to the list."""

import json
import shutil

import keras
import numpy as np
import pytest

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.radiograph.preprocessing import prepare
from tests.networks import model_of

pytestmark = pytest.mark.slow


def test_a_sound_model_set_is_listed_as_verified(run, use_models, model_folder):
    use_models(model_folder)
    code, out, errors = run("model-sets")
    listed = {entry["name"]: entry for entry in json.loads(out)["model_sets"]}
    tiny = listed["tiny"]
    assert (tiny["verified"], tiny["problem"]) == (True, None)
    assert (tiny["title"], tiny["architecture"], tiny["size_px"]) == ("Tiny", "tiny", 64)
    assert tiny["purpose"] == "Testing."
    assert (code, errors) == (0, [])


def test_a_broken_one_is_listed_with_its_problem_and_exit_code_2(run, use_models, model_folder, tmp_path):
    shutil.copytree(model_folder / "tiny", tmp_path / "tiny")
    shutil.copytree(model_folder / "tiny", tmp_path / "renamed")
    weights = tmp_path / "tiny" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    use_models(tmp_path)
    code, out, errors = run("model-sets")
    listed = {entry["name"]: entry for entry in json.loads(out)["model_sets"]}
    assert code == 2
    assert len(errors) == 1
    for name in ("tiny", "renamed"):
        assert listed[name]["verified"] is False
        assert listed[name]["problem"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """What a user brings: keras.applications' network with a one-unit head, saved by Keras."""
    keras.utils.set_random_seed(1)
    base = keras.applications.DenseNet121(include_top=False, weights=None, pooling="avg", input_shape=(64, 64, 3))
    model = keras.Model(base.input, keras.layers.Dense(1, activation="sigmoid")(base.output))
    path = tmp_path_factory.mktemp("checkpoint") / "mine.weights.h5"
    model.save_weights(path)
    return path, model


def test_weights_from_elsewhere_predict_as_they_did_there(run, use_models, checkpoint, tmp_path):
    path, model = checkpoint
    use_models(tmp_path)
    code, out, errors = run(
        "import-weights", path, "--name", "mine", "--size", 64, "--title", "Mine", "--out", tmp_path
    )
    assert (code, errors) == (0, [])
    printed = json.loads(out)
    assert (printed["model_set"], printed["architecture"]) == ("mine", "densenet121")
    imported = load_model_set(tmp_path / "mine")
    assert imported.manifest.title == "Mine"
    pixels = np.random.default_rng(0).random((64, 64), np.float32)
    network_input = prepare(pixels, imported.manifest.specification)[None]
    expected = model.predict(network_input, verbose=0)
    # Kernels are stored in half precision.
    np.testing.assert_allclose(model_of(imported).predict(network_input, verbose=0), expected, atol=5e-3)


def test_what_cannot_be_imported_is_refused(refused, checkpoint, radiograph, tmp_path):
    path, _ = checkpoint
    refused("import-weights", radiograph, "--name", "mine", "--out", tmp_path)
    refused("import-weights", tmp_path / "missing.weights.h5", "--name", "mine", "--out", tmp_path)
    assert "name" in refused("import-weights", path, "--name", "../mine", "--out", tmp_path)
    assert "size_px" in refused("import-weights", path, "--name", "mine", "--size", 1, "--out", tmp_path)
    assert "threshold" in refused("import-weights", path, "--name", "mine", "--threshold", 1, "--out", tmp_path)
    assert list(tmp_path.iterdir()) == []
