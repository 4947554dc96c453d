"""The entries of a manifest that are objects themselves, each read strictly."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.errors import ManifestError
from densexplain.network import json_fields
from densexplain.network.parameters import DenseNetParameters
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.vocabulary import ResizeMode


@dataclass(frozen=True)
class TensorDescription:
    """Shape and number format (``float16`` or ``float32``) of one stored tensor."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class GoldenRecord:
    """What the reference input gave when the model set was written; see `densexplain.network.golden`."""

    description: str
    logit: float
    probability: float


def read_architecture(value: object, key: str) -> DenseNetParameters:
    """DenseNet parameters; `Raises` as `json_fields` and `DenseNetParameters`."""
    entries = json_fields.table(value, key, {"blocks", "growth_rate", "initial_channels"})
    blocks = tuple(json_fields.integer(depth, "blocks") for depth in json_fields.array(entries["blocks"], "blocks"))
    return DenseNetParameters(
        blocks,  # type: ignore[arg-type]  # its length is checked there
        json_fields.integer(entries["growth_rate"], "growth_rate"),
        json_fields.integer(entries["initial_channels"], "initial_channels"),
    )


def read_specification(value: object, key: str) -> InputSpecification:
    """Input specification; `Raises` as `json_fields` and `InputSpecification`."""
    entries = json_fields.table(value, key, {"size_px", "resize", "mean", "standard_deviation", "channel_order"})
    resize = json_fields.text(entries["resize"], "resize")
    if resize not in list(ResizeMode):
        raise ManifestError(f"expected `resize` to be one of {', '.join(ResizeMode)}; received {resize[:40]!r}")
    mean, deviation = (
        tuple(json_fields.number(item, name) for item in json_fields.array(entries[name], name))
        for name in ("mean", "standard_deviation")
    )
    return InputSpecification(
        json_fields.integer(entries["size_px"], "size_px"),
        ResizeMode(resize),
        mean,  # type: ignore[arg-type]  # its length is checked there
        deviation,  # type: ignore[arg-type]
        json_fields.text(entries["channel_order"], "channel_order"),
    )


def read_tensors(value: object, key: str) -> dict[str, TensorDescription]:
    """Name of each tensor to its shape and number format; `Raises` as `json_fields`."""
    tensors = {}
    for name, description in json_fields.mapping(value, key).items():
        entries = json_fields.table(description, f"{key} {name}", {"shape", "dtype"})
        shape = tuple(json_fields.integer(size, "shape") for size in json_fields.array(entries["shape"], "shape"))
        tensors[name] = TensorDescription(shape, json_fields.text(entries["dtype"], "dtype"))
    return tensors


def read_golden(value: object, key: str) -> GoldenRecord:
    """Record of the golden input; `Raises` as `json_fields`."""
    entries = json_fields.table(value, key, {"description", "logit", "probability"})
    return GoldenRecord(
        json_fields.text(entries["description"], "description"),
        json_fields.number(entries["logit"], "logit"),
        json_fields.number(entries["probability"], "probability"),
    )
