"""Writing, loading, and everything that must be refused before a tensor is used."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from densexplain.classifier.model_sets.golden import golden_input
from densexplain.classifier.model_sets.manifest import CARD_FILE, MANIFEST_FILE, WEIGHTS_FILE, read_manifest
from densexplain.classifier.model_sets.model_set import load_model_set, write_model_set
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.probability import probability_of
from densexplain.errors import (
    GoldenInputError,
    ManifestError,
    ModelSetError,
    OptionError,
    WeightsHashError,
    WeightsHeaderError,
    WeightsMissingError,
    WeightsShapeError,
    WeightsSurplusError,
    WeightsTruncatedError,
    WeightsTypeError,
)
from densexplain.radiograph.preprocessing import InputSpecification
from tests.networks import logit_of, model_of


@pytest.mark.slow
def test_a_written_model_set_loads_and_predicts_as_its_keras_model(tiny_folder: Path, tiny_tensors: Tensors) -> None:
    model_set = load_model_set(tiny_folder)
    network_input = golden_input(model_set.manifest.specification)
    logit = logit_of(model_set, network_input)
    assert logit == model_set.manifest.golden.logit
    assert float(model_of(model_set).predict(network_input[None], verbose=0)[0, 0]) == pytest.approx(
        probability_of(logit), abs=1e-6
    )
    assert model_set.classifier.biases.tolist() == tiny_tensors["predictions/bias"].tolist()
    assert np.array_equal(model_set.read_tensors()["predictions/kernel"], tiny_tensors["predictions/kernel"])
    assert (tiny_folder / CARD_FILE).read_text() == "# Tiny\n"
    assert sorted(path.name for path in tiny_folder.iterdir()) == [CARD_FILE, MANIFEST_FILE, WEIGHTS_FILE]


def test_weights_can_be_read_by_another_program(tiny_folder: Path, tiny_tensors: Tensors) -> None:
    stored = safetensors.numpy.load_file(tiny_folder / WEIGHTS_FILE)
    assert stored.keys() == tiny_tensors.keys()
    np.testing.assert_allclose(stored["conv1_conv/kernel"], tiny_tensors["conv1_conv/kernel"], rtol=1e-3, atol=1e-7)
    assert np.array_equal(stored["conv1_bn/gamma"], tiny_tensors["conv1_bn/gamma"])


Change = Callable[[bytes], bytes]


def _store(folder: Path, content: bytes, **manifest: Any) -> None:
    """Put content in place with a manifest that vouches for it, as an attacker would."""
    (folder / WEIGHTS_FILE).write_bytes(content)
    entries = json.loads((folder / MANIFEST_FILE).read_text())
    entries |= {"weights_bytes": len(content), "weights_sha256": sha256(content).hexdigest()} | manifest
    (folder / MANIFEST_FILE).write_text(json.dumps(entries))


def _changed(change: Callable[[Tensors], Any]) -> Change:
    def apply(content: bytes) -> bytes:
        tensors = dict(safetensors.numpy.load(content))
        change(tensors)
        return safetensors.numpy.save(tensors)

    return apply


def _with_header(change: Callable[[dict[str, Any]], Any]) -> Change:
    def apply(content: bytes) -> bytes:
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        change(header)
        encoded = json.dumps(header).encode()
        return struct.pack("<Q", len(encoded)) + encoded + content[8 + length :]

    return apply


def _overlap(header: dict[str, Any]) -> None:
    header["bn/beta"]["data_offsets"] = header["bn/gamma"]["data_offsets"]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (_changed(lambda t: t.pop("bn/beta")), WeightsShapeError, "1 are missing, the first is bn/beta"),
        (_changed(lambda t: t.update(x=t["bn/beta"])), WeightsSurplusError, "1 more were received, the first is 'x'"),
        (
            _changed(lambda t: t.update({"predictions/bias": np.zeros(2, np.float32)})),
            WeightsShapeError,
            r"predictions/bias in weights.safetensors to have the shape \(1,\); received \(2,\)",
        ),
        (
            _changed(lambda t: t.update({"bn/beta": t["bn/beta"].astype(np.float16)})),
            WeightsTypeError,
            "bn/beta to be stored as float32; received float16",
        ),
        (
            _changed(lambda t: t.update({"bn/beta": t["bn/beta"].astype(np.int64)})),
            WeightsTypeError,
            "received I64",
        ),
        (
            lambda c: struct.pack("<Q", 2**62) + c[8:],
            WeightsHeaderError,
            "1048576 bytes; received 4611686018427387904",
        ),
        (lambda c: struct.pack("<Q", 500_000) + c[8:], WeightsHeaderError, "table of contents of 500000 bytes"),
        (lambda c: c[:-100], WeightsHeaderError, "bytes of tensors after the table of contents"),
        (lambda c: c[:5], WeightsHeaderError, "table of contents"),
        (lambda c: c[:8] + b"x" * (len(c) - 8), WeightsHeaderError, "it cannot be read"),
        (_with_header(lambda h: h.update({"bn/beta": 3})), WeightsHeaderError, "it cannot be read"),
        (_with_header(_overlap), WeightsHeaderError, "match its own table of contents"),
        (
            _changed(lambda t: t.update({"bn/gamma": t["bn/gamma"][::-1].copy()})),
            GoldenInputError,
            "expected the reference input of tiny to give the logit",
        ),
        (_changed(lambda t: t["predictions/bias"].fill(np.nan)), GoldenInputError, "received nan"),
    ],
)
def test_hostile_weights_that_the_manifest_vouches_for_are_refused(
    tiny_folder: Path, change: Change, error: type[ModelSetError], sentence: str
) -> None:
    _store(tiny_folder, change((tiny_folder / WEIGHTS_FILE).read_bytes()))
    with pytest.raises(error, match=sentence) as refusal:
        load_model_set(tiny_folder)
    assert refusal.type is error


def test_every_flipped_bit_is_refused(tiny_folder: Path) -> None:
    path = tiny_folder / WEIGHTS_FILE
    content = path.read_bytes()
    for position in np.random.default_rng(0).integers(0, len(content) * 8, 100):
        changed = bytearray(content)
        changed[position // 8] ^= 1 << (position % 8)
        path.write_bytes(changed)
        with pytest.raises(WeightsHashError, match="unchanged"):
            load_model_set(tiny_folder)


def test_truncated_longer_and_missing_weights_are_told_apart(tiny_folder: Path) -> None:
    path = tiny_folder / WEIGHTS_FILE
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(WeightsTruncatedError, match=f"of {len(content)} bytes; received {len(content) - 1}"):
        load_model_set(tiny_folder)
    path.write_bytes(content + b"\0")
    with pytest.raises(WeightsHashError):
        load_model_set(tiny_folder)
    path.unlink()
    with pytest.raises(WeightsMissingError, match="cannot be read: No such file"):
        load_model_set(tiny_folder)


def test_a_pickle_is_refused_and_does_not_run(tiny_folder: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tiny_folder / "ran",))

    _store(tiny_folder, pickle.dumps(Payload()) * 100)
    with pytest.raises(WeightsHeaderError):
        load_model_set(tiny_folder)
    assert not (tiny_folder / "ran").exists()


def test_the_manifest_may_not_contradict_the_architecture(tiny_folder: Path) -> None:
    entries = json.loads((tiny_folder / MANIFEST_FILE).read_text())
    tensors = entries["tensors"] | {"predictions/bias": {"shape": [2], "dtype": "float32"}}
    _store(tiny_folder, (tiny_folder / WEIGHTS_FILE).read_bytes(), tensors=tensors)
    with pytest.raises(WeightsShapeError, match="predictions/bias in the manifest"):
        load_model_set(tiny_folder)


def test_changed_preprocessing_is_found_by_the_golden_input(tiny_folder: Path) -> None:
    entries = json.loads((tiny_folder / MANIFEST_FILE).read_text())
    entries["specification"]["mean"] = [0.0, 0.0, 0.0]
    (tiny_folder / MANIFEST_FILE).write_text(json.dumps(entries))
    with pytest.raises(GoldenInputError):
        load_model_set(tiny_folder)


def test_more_bytes_than_are_ever_opened_are_refused(tiny_folder: Path) -> None:
    _store(tiny_folder, (tiny_folder / WEIGHTS_FILE).read_bytes(), weights_bytes=2**40)
    with pytest.raises(ManifestError, match="expected weights of at most"):
        load_model_set(tiny_folder)


def test_a_copied_folder_keeps_its_old_name_and_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(ManifestError, match="to be of that name; received tiny"):
        load_model_set(tiny_folder.rename(tiny_folder.with_name("other")))


def _write(folder: Path, tensors: Tensors, **changes: Any) -> None:
    options: dict[str, Any] = {
        "name": folder.name,
        "title": "T",
        "version": "1",
        "purpose": "P",
        "not_for": "N",
        "architecture": "tiny",
        "specification": InputSpecification(64),
        "card": "",
    }
    write_model_set(folder, tensors, **(options | changes))


def test_writing_refuses_what_loading_would(tmp_path: Path, tiny_tensors: Tensors) -> None:
    folder = tmp_path / "new"
    with pytest.raises(OptionError, match="`architecture` must be one of densenet121"):
        _write(folder, tiny_tensors, architecture="resnet")
    with pytest.raises(OptionError, match="`folder` must be named as the model set, other; received new"):
        _write(folder, tiny_tensors, name="other")
    with pytest.raises(OptionError, match="between 0 and 1"):
        _write(folder, tiny_tensors, threshold=0)
    with pytest.raises(WeightsShapeError):
        _write(folder, tiny_tensors, architecture="densenet121")
    with pytest.raises(GoldenInputError, match="a number"):
        _write(folder, tiny_tensors | {"predictions/bias": np.array([np.nan], np.float32)})
    assert not folder.exists()


def test_rewriting_replaces_the_weights(tiny_folder: Path, tiny_tensors: Tensors) -> None:
    before = read_manifest(tiny_folder)
    _write(tiny_folder, tiny_tensors | {"predictions/bias": np.array([2.0], np.float32)})
    model_set = load_model_set(tiny_folder)
    assert model_set.classifier.biases.tolist() == [2.0]
    assert model_set.manifest.weights_sha256 != before.weights_sha256


def test_sigmoid_at_both_ends() -> None:
    assert probability_of(0.0) == 0.5
    assert probability_of(np.log(3)) == pytest.approx(0.75, abs=1e-15)
    assert (probability_of(-1e9), probability_of(1e9)) == (0.0, 1.0)
