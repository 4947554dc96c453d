"""The content of a Keras 3 ``.weights.h5`` file, read without trusting a byte of it.

Runs in the guarded process. HDF5 can ask for any amount of memory, refer to
other files and nest without end, so names, types and shapes are compared with
the three known networks before one number is read.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.wiring.outline import HEAD, tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ImportWeightsError

Tensors = dict[str, NDArray[np.float32]]
"""Arrays by ``layer/variable``, each of its variable's shape, float32, any value."""

_MOST_ENTRIES = 20_000
_MOST_DEPTH = 16
_MOST_CHUNK_BYTES = 64 * 1024 * 1024
_TYPES = ("float16", "float32", "float64")
_NOT_WEIGHTS = frozenset({"optimizer", "metrics", "compile_metrics", "loss_tracker", "seed_generator", "_loss_tracker"})
_LAYER = re.compile(r"(?P<parent>.*?)(?P<layer>[^/]+)/vars/(?P<index>\d{1,2})")
_AUTOMATIC_NAME = re.compile(r"(?P<kind>conv2d|batch_normalization|dense)(_(?P<number>\d{1,5}))?")
_VARIABLES = {
    "conv2d": ("kernel", "bias"),
    "batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "dense": ("kernel", "bias"),
}
_WITHOUT_BIAS = ("conv2d", 1)


@dataclass(frozen=True)
class _StoredLayer:
    """One layer of the file: Keras numbers layers by class, and newer files add the layer's own name."""

    kind: str
    number: int
    own_name: str | None
    datasets: tuple[h5py.Dataset, ...]


def read_keras_weights(content: bytes, architectures: tuple[str, ...], units: int = 1) -> tuple[str, Tensors]:
    """Read the tensors of a network of a known family.

    Parameters
    ----------
    content
        The whole file.
    architectures
        Keys of `densexplain.classifier.wiring.registry.ARCHITECTURES` that are looked for.
    units
        Of its head.

    Returns
    -------
    architecture : str
        The one found.
    tensors : dict
        Arrays by ``layer/variable``, each of its variable's shape, float32, any value; exactly those of the
        architecture.

    Raises
    ------
    ImportWeightsError
        If the file is no HDF5, refers to elsewhere, holds other types than
        floating-point numbers, or is not the weights of such a network.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            layers = _stored_layers(_datasets(file))
            architecture, chosen = _recognise(layers, architectures, units)
            return architecture, {name: _read(name, dataset) for name, dataset in chosen.items()}
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ImportWeightsError(
            "expected an intact Keras .weights.h5 file; received one that cannot be read as HDF5"
        ) from error


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """All datasets that are weights, by path; links, depth and number are bounded here."""
    found: dict[str, h5py.Dataset] = {}
    waiting: list[tuple[str, h5py.Group]] = [("", file)]
    entries = 0
    while waiting:
        prefix, group = waiting.pop()
        for key in group:
            entries += 1
            path = f"{prefix}{key}"
            if entries > _MOST_ENTRIES or path.count("/") > _MOST_DEPTH:
                raise ImportWeightsError(
                    f"expected a file of at most {_MOST_ENTRIES} entries, {_MOST_DEPTH} deep; received more"
                )
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ImportWeightsError(
                    f"expected a file that is complete in itself; {path[:80]} is a link to elsewhere"
                )
            if key in _NOT_WEIGHTS:
                continue
            item = group[key]
            if isinstance(item, h5py.Group):
                waiting.append((f"{path}/", item))
            elif isinstance(item, h5py.Dataset):
                found[path] = item
            else:
                raise ImportWeightsError(f"expected groups and arrays; {path[:80]} is something else")
    return found


def _stored_layers(datasets: dict[str, h5py.Dataset]) -> list[_StoredLayer]:
    """Gather variables into layers; anything that no family has is refused."""
    variables: dict[tuple[str, str], dict[int, h5py.Dataset]] = {}
    for path, dataset in datasets.items():
        match = _LAYER.fullmatch(path)
        if match is None or _AUTOMATIC_NAME.fullmatch(match["layer"]) is None:
            raise ImportWeightsError(
                "expected convolutions, batch normalisations and a dense head as Keras 3 saves them; "
                f"received {path[:80]}"
            )
        _check_storage(path, dataset)
        variables.setdefault((match["parent"], match["layer"]), {})[int(match["index"])] = dataset
    layers = []
    for (_, layer), stored in variables.items():
        name = _AUTOMATIC_NAME.fullmatch(layer)
        assert name is not None  # as checked above
        complete = sorted(stored) == list(range(len(_VARIABLES[name["kind"]])))
        if not complete and (name["kind"], len(stored)) != _WITHOUT_BIAS:
            raise ImportWeightsError(
                f"expected {layer} to hold {', '.join(_VARIABLES[name['kind']])}; received {len(stored)} arrays"
            )
        own_name = stored[0].parent.attrs.get("name")
        ordered = tuple(stored[index] for index in sorted(stored))
        layers.append(
            _StoredLayer(
                name["kind"], int(name["number"] or 0), own_name if isinstance(own_name, str) else None, ordered
            )
        )
    return sorted(layers, key=lambda layer: layer.number)


def _check_storage(path: str, dataset: h5py.Dataset) -> None:
    """Refuse an array whose numbers are of another kind, elsewhere, or not there."""
    if dataset.dtype.name not in _TYPES:
        raise ImportWeightsError(f"expected floating-point numbers; {path[:80]} holds {str(dataset.dtype)[:40]}")
    if dataset.external is not None or dataset.is_virtual:
        raise ImportWeightsError(
            f"expected a file that is complete in itself; the numbers of {path[:80]} lie in another file"
        )
    if dataset.chunks is not None and math.prod(dataset.chunks) * dataset.dtype.itemsize > _MOST_CHUNK_BYTES:
        raise ImportWeightsError(
            f"expected chunks of at most {_MOST_CHUNK_BYTES} bytes; those of {path[:80]} are larger"
        )
    if dataset.id.get_storage_size() == 0:
        raise ImportWeightsError(f"expected numbers in {path[:80]}; the file states a shape and holds none")


def _recognise(
    layers: list[_StoredLayer], architectures: tuple[str, ...], units: int
) -> tuple[str, dict[str, h5py.Dataset]]:
    """The architecture whose tensors fit in number, place and shape."""
    for architecture in architectures:
        expected = tensor_shapes(ARCHITECTURES[architecture], units)
        for assign in (_by_own_name, _by_order):
            chosen = assign(layers, expected)
            if chosen.keys() == expected.keys() and all(
                chosen[name].shape == shape for name, shape in expected.items()
            ):
                return architecture, chosen
    counts = {kind: sum(layer.kind == kind for layer in layers) for kind in _VARIABLES}
    heads = [dataset.shape for layer in layers if layer.kind == "dense" for dataset in layer.datasets]
    head = "a one-unit head" if units == 1 else f"a head of {units} units"
    raise ImportWeightsError(
        f"expected the weights of {', '.join(architectures)} with {head}; received {counts['conv2d']} "
        f"convolutions, {counts['batch_normalization']} batch normalisations and dense layers of the shapes "
        f"{str(heads)[1:-1][:80]}{_why_not(layers, architectures)}"
    )


def _why_not(layers: list[_StoredLayer], architectures: tuple[str, ...]) -> str:
    """Say of a head that is not linear in the pooled maps why nothing could be explained by it."""
    dense = [layer for layer in layers if layer.kind == "dense"]
    if len(dense) > 1:
        return (
            "; with a hidden dense layer the logit is no longer the mean of a map over the radiograph, so that no "
            "class activation map could account for it"
        )
    read = [tensor_shapes(ARCHITECTURES[name])[f"{HEAD}/kernel"][0] for name in architectures]
    rows = dense[0].datasets[0].shape[0] if dense and dense[0].datasets[0].ndim == 2 else None
    if rows is not None and rows not in read and any(rows % channels == 0 for channels in read):
        return (
            "; a head that reads more than the mean of each map, for example its maximum too, is not linear in the "
            "maps, so that no class activation map could account for it"
        )
    return ""


def _by_own_name(layers: list[_StoredLayer], expected: dict[str, tuple[int, ...]]) -> dict[str, h5py.Dataset]:
    names = {name.split("/")[0] for name in expected}
    own = [(("predictions" if layer.kind == "dense" else layer.own_name) or "", layer) for layer in layers]
    if len({name for name, _ in own} & names) < len(layers):
        return {}
    return {f"{name}/{variable}": dataset for name, layer in own for variable, dataset in _variables(layer)}


def _by_order(layers: list[_StoredLayer], expected: dict[str, tuple[int, ...]]) -> dict[str, h5py.Dataset]:
    """Keras numbers the layers of each class in the order of the forward pass."""
    places: dict[str, list[str]] = {kind: [] for kind in _VARIABLES}
    for name in dict.fromkeys(tensor.split("/")[0] for tensor in expected):
        kind = "dense" if name == "predictions" else "conv2d" if name.endswith("_conv") else "batch_normalization"
        places[kind].append(name)
    chosen: dict[str, h5py.Dataset] = {}
    for kind, names in places.items():
        stored = [layer for layer in layers if layer.kind == kind]
        if len(stored) != len(names):
            return {}
        chosen |= {
            f"{name}/{variable}": dataset
            for name, layer in zip(names, stored, strict=True)
            for variable, dataset in _variables(layer)
        }
    return chosen


def _variables(layer: _StoredLayer) -> zip[tuple[str, h5py.Dataset]]:
    return zip(_VARIABLES[layer.kind], layer.datasets, strict=False)  # a convolution may have no bias


def _read(name: str, dataset: h5py.Dataset) -> NDArray[np.float32]:
    tensor = np.asarray(dataset[()], np.float32)
    if not np.isfinite(tensor).all() or (name.endswith("/moving_variance") and tensor.min() < 0):
        raise ImportWeightsError(f"expected finite weights and variances of at least 0; those of {name} are not")
    return tensor
