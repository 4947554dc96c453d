"""Files as Keras 3 saves them, and files made to do harm."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors, tensors_of
from densexplain.classifier.heads import HeadKind
from densexplain.classifier.model_sets.keras_file import read_keras_weights
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ImportWeightsError

pytestmark = pytest.mark.slow


def _classifier(tensors: Tensors) -> keras.Model:
    model = build_network(ARCHITECTURES["tiny"], 32)
    set_tensors(model, tensors)
    return model


def _nested(tensors: Tensors) -> keras.Model:
    """As many tutorials do it: a DenseNet without top inside a Sequential, with augmentation before it."""
    model = _classifier(tensors)
    trunk = keras.Model(model.input, model.get_layer("avg_pool").output)
    head = keras.layers.Dense(1, activation="sigmoid")
    layers = [keras.Input((32, 32, 3)), keras.layers.RandomFlip(), trunk, keras.layers.Dropout(0.1), head]
    outer = keras.Sequential(layers)
    head.set_weights([tensors["predictions/kernel"], tensors["predictions/bias"]])
    return outer


def _trained(tensors: Tensors) -> keras.Model:
    """Compiled and trained for a step, so that the file holds an optimizer's state too."""
    model = _classifier(tensors)
    model.compile(optimizer=keras.optimizers.Adam(0.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.zeros((2, 32, 32, 3), np.float32), np.zeros((2, 1), np.float32))
    set_tensors(model, tensors)  # a step moves the running means
    return model


def _saved(model: keras.Model, folder: Path) -> bytes:
    path = folder / "model.weights.h5"
    model.save_weights(path)
    return path.read_bytes()


def _edited(content: bytes, edit: Callable[[h5py.File], object]) -> bytes:
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        edit(file)
    return buffer.getvalue()


def _forget_own_names(file: h5py.File) -> None:
    file.visititems(lambda _, item: item.attrs.pop("name", None) and None)


@pytest.fixture(scope="module")
def content(tiny_tensors: Tensors, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return _saved(_classifier(tiny_tensors), tmp_path_factory.mktemp("keras"))


def _check(content: bytes, expected: Tensors) -> None:
    architecture, tensors = read_keras_weights(content, ("densenet169", "tiny"))
    assert architecture == "tiny"
    assert tensors.keys() == expected.keys()
    for name, tensor in tensors.items():
        assert np.array_equal(tensor, expected[name]), name


def test_reads_what_keras_saved(content: bytes, tiny_tensors: Tensors) -> None:
    _check(content, tiny_tensors)


def test_reads_files_without_the_layers_own_names(content: bytes, tiny_tensors: Tensors) -> None:
    edited = _edited(content, _forget_own_names)
    with h5py.File(io.BytesIO(edited)) as file:
        assert "name" not in file["layers/conv2d/vars"].attrs
    _check(edited, tiny_tensors)


@pytest.mark.parametrize("build", [_nested, _trained])
def test_reads_nested_and_compiled_models(
    build: Callable[[Tensors], keras.Model], tiny_tensors: Tensors, tmp_path: Path
) -> None:
    _check(_saved(build(tiny_tensors), tmp_path), tiny_tensors)


def test_the_layers_own_names_count_more_than_their_order(content: bytes, tiny_tensors: Tensors) -> None:
    def exchange(file: h5py.File) -> None:
        # Both are (3, 3, 16, 4): only the name tells which is which.
        file.move("layers/conv2d_2", "layers/held")
        file.move("layers/conv2d_4", "layers/conv2d_2")
        file.move("layers/held", "layers/conv2d_4")

    _check(_edited(content, exchange), tiny_tensors)


def _replace(path: str, **options: object) -> Callable[[h5py.File], None]:
    def edit(file: h5py.File) -> None:
        del file[path]
        file.create_dataset(path, **options)

    return edit


def _set_first(path: str, value: float) -> Callable[[h5py.File], None]:
    def edit(file: h5py.File) -> None:
        file[path][0] = value

    return edit


def _link(link: object) -> Callable[[h5py.File], None]:
    def edit(file: h5py.File) -> None:
        del file["layers/dense/vars/1"]
        file["layers/dense/vars/1"] = link

    return edit


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((1,), np.float32)
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (1,))
    del file["layers/dense/vars/1"]
    file.create_virtual_dataset("layers/dense/vars/1", layout)


def _nest(file: h5py.File) -> None:
    group = file["layers"]
    for _ in range(30):
        group = group.create_group("layers")


BIAS = "layers/dense/vars/1"
COMPOUND = np.dtype([("a", np.float32), ("b", np.int32)])


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (_replace(BIAS, shape=(2**32,), dtype="f4"), "states a shape and holds none"),
        (_replace(BIAS, shape=(1,), dtype="f4"), "states a shape and holds none"),
        (
            _replace(BIAS, data=np.zeros(2, np.float32)),
            r"20 convolutions, .* dense layers of the shapes \(17, 1\), \(2,\)",
        ),
        (_replace(BIAS, data=np.zeros(1, COMPOUND)), "expected floating-point numbers"),
        (_replace(BIAS, data=np.zeros(1, np.int32)), "holds int32"),
        (_replace(BIAS, data=np.array(["x"], h5py.string_dtype())), "expected floating-point numbers"),
        (
            _replace("layers/dense/vars/0", shape=(17, 1), maxshape=(None, 1), chunks=(2**25, 1), dtype="f4"),
            "chunks of at most",
        ),
        (_replace(BIAS, shape=(1,), dtype="f4", external=[("/etc/passwd", 0, 4)]), "lie in another file"),
        (_virtual, "lie in another file"),
        (_link(h5py.ExternalLink("/etc/passwd", "/")), "is a link to elsewhere"),
        (_link(h5py.SoftLink("/layers/dense/vars/0")), "is a link to elsewhere"),
        (lambda file: file.__delitem__(BIAS), "expected dense to hold kernel, bias; received 1 arrays"),
        (lambda file: file.__delitem__("layers/conv2d_3"), "received 19 convolutions"),
        (
            lambda file: file.copy("layers/dense", "layers/dense_1"),
            r"shapes \(17, 1\), \(1,\), \(17, 1\), \(1,\)",
        ),
        (lambda file: file.copy("layers/dense", "layers/normalization"), "received layers/normalization/vars/"),
        (lambda file: file.create_dataset("layers/lambda/code", data=np.zeros(1)), "received layers/lambda/code"),
        (lambda file: file.__setitem__("layers/dense/vars/type", np.dtype("f4")), "something else"),
        (_nest, "16 deep; received more"),
        (lambda file: file.__setitem__("layers/layers", file["layers"]), "16 deep; received more"),
        (lambda file: [file.create_group(f"g{i}") for i in range(20_001)], "at most 20000 entries"),
        (_set_first(BIAS, np.nan), "those of predictions/bias are not"),
        (_set_first("layers/batch_normalization/vars/3", -1.0), "those of conv1_bn/moving_variance are not"),
    ],
)
def test_hostile_and_foreign_files_are_refused(
    content: bytes, edit: Callable[[h5py.File], object], sentence: str
) -> None:
    with pytest.raises(ImportWeightsError, match=sentence):
        read_keras_weights(_edited(content, edit), ("tiny",))


@pytest.mark.parametrize("cut", [0, 100, 2000, 50_000])
def test_what_is_not_intact_hdf5_is_refused(content: bytes, cut: int) -> None:
    with pytest.raises(ImportWeightsError, match="cannot be read as HDF5"):
        read_keras_weights(content[:cut], ("tiny",))


def test_a_network_that_is_not_looked_for_is_refused(content: bytes) -> None:
    with pytest.raises(ImportWeightsError, match="weights of densenet121, densenet201 with a one-unit head"):
        read_keras_weights(content, ("densenet121", "densenet201"))


def _wider(factor: int) -> Callable[[h5py.File], object]:
    return _replace("layers/dense/vars/0", data=np.zeros((17 * factor, 1), np.float32))


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda file: file.copy("layers/dense", "layers/dense_1"), "with a hidden dense layer the logit is no longer"),
        (_wider(2), "reads more than the mean of each map, for example its maximum too, is not linear in the maps"),
    ],
)
def test_a_head_that_is_not_linear_in_the_pooled_maps_is_refused_and_told_why(
    content: bytes, edit: Callable[[h5py.File], object], sentence: str
) -> None:
    with pytest.raises(ImportWeightsError, match=sentence):
        read_keras_weights(_edited(content, edit), ("tiny",))


@pytest.mark.parametrize("architecture", ["tiny", "tiny-resnet"])
def test_a_head_of_several_units_is_read(tmp_path: Path, architecture: str) -> None:
    model = build_network(ARCHITECTURES[architecture], 64, 3, HeadKind.SOFTMAX)
    model.save_weights(tmp_path / "several.weights.h5")
    content = (tmp_path / "several.weights.h5").read_bytes()
    found, tensors = read_keras_weights(content, ("tiny", "tiny-resnet"), 3)
    assert found == architecture
    assert tensors["predictions/kernel"].shape[1] == 3
    expected = tensors_of(model)
    assert tensors.keys() == expected.keys()
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, expected[name])
    with pytest.raises(ImportWeightsError, match="with a head of 2 units"):
        read_keras_weights(content, ("tiny", "tiny-resnet"), 2)
