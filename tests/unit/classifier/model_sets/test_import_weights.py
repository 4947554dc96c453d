from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors
from densexplain.classifier.model_sets.import_weights import import_weights
from densexplain.classifier.model_sets.manifest import CARD_FILE, Manifest
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ImportWeightsError, OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.vocabulary import ResizeMode
from tests.networks import model_of

pytestmark = pytest.mark.slow

SPECIFICATION = InputSpecification(48, ResizeMode.PAD, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


@pytest.fixture
def file(tmp_path: Path, tiny_tensors: Tensors) -> Path:
    model = build_network(ARCHITECTURES["tiny"], 48)
    set_tensors(model, tiny_tensors)
    model.save_weights(tmp_path / "mine.weights.h5")
    return tmp_path / "mine.weights.h5"


def _import(file: Path, name: str = "mine", **options: Any) -> Manifest:
    defaults: dict[str, Any] = {
        "specification": SPECIFICATION,
        "folder": file.parent / "models",
        "architectures": ("tiny",),
    }
    return import_weights(file, name, **(defaults | options))


def test_an_imported_network_predicts_as_it_did_in_keras(file: Path, tiny_tensors: Tensors) -> None:
    manifest = _import(file, title="My network", threshold=0.3)
    assert (manifest.title, manifest.threshold, manifest.architecture_name) == ("My network", 0.3, "tiny")
    assert manifest.training["imported_from"] == "mine.weights.h5"
    model_set = load_model_set(file.parent / "models" / "mine")
    assert model_set.manifest.specification == SPECIFICATION
    original = build_network(ARCHITECTURES["tiny"], 48)
    original.load_weights(file)
    network_input = np.random.default_rng(0).normal(0, 1, (48, 48, 3)).astype(np.float32)
    expected = float(original.predict(network_input[None], verbose=0)[0, 0])
    probability = float(model_of(model_set).predict(network_input[None], verbose=0)[0, 0])
    assert probability == pytest.approx(expected, abs=2e-3)  # kernels are kept in half precision
    card = (model_set.folder / CARD_FILE).read_text()
    assert "Research use only, not for diagnosis." in card
    assert "48 x 48 px, pad" in card


def test_an_installed_model_set_is_replaced_only_on_request(file: Path) -> None:
    _import(file)
    with pytest.raises(ImportWeightsError, match="mine is installed already"):
        _import(file)
    assert _import(file, replace=True, title="Second").title == "Second"


def test_options_out_of_range_are_refused(file: Path) -> None:
    with pytest.raises(OptionError, match="letters, digits"):
        _import(file, name="../mine")
    with pytest.raises(OptionError, match="between 0 and 1"):
        _import(file, threshold=1.0)
    assert not (file.parent / "models").exists()


def test_files_that_are_not_taken(file: Path) -> None:
    with pytest.raises(ImportWeightsError, match=r"absent\.weights\.h5 cannot be read: No such file"):
        _import(file.with_name("absent.weights.h5"))
    with pytest.raises(ImportWeightsError, match="expected the weights of densenet121, densenet169, densenet201"):
        import_weights(file, "mine", specification=SPECIFICATION, folder=file.parent / "models")
    with file.open("ab") as stream:
        stream.truncate(2**29 + 1)
    with pytest.raises(ImportWeightsError, match="at most 536870912 bytes"):
        _import(file)


def test_a_bomb_is_refused_before_it_is_unpacked(file: Path) -> None:
    """A few kilobytes that state 16 GB, really stored as compressed zeros in part."""
    with h5py.File(file, "r+") as content:
        del content["layers/dense/vars/0"]
        bomb = content.create_dataset("layers/dense/vars/0", (2**32, 1), "f4", chunks=(2**20, 1), compression="gzip")
        bomb[: 2**20] = 0
    with pytest.raises(ImportWeightsError, match=r"dense layers of the shapes \(4294967296, 1\)"):
        _import(file)
    assert not (file.parent / "models").exists()
