"""The entries of a manifest that are objects themselves, each read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from densexplain.classifier.families.parameters import DenseNetParameters
from densexplain.classifier.model_sets import json_fields
from densexplain.errors import ManifestError, OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.vocabulary import ResizeMode


@dataclass(frozen=True)
class TensorDescription:
    """Shape and number format (``float16`` or ``float32``) of one stored tensor."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class GoldenRecord:
    """What the reference input gave when the model set was written; see `densexplain.classifier.model_sets.golden`."""

    description: str
    logit: float
    probability: float


@dataclass(frozen=True)
class CalibrationRecord:
    """Temperature scaling, fitted on labelled radiographs; see `densexplain.evaluation.figures.calibration`.

    Parameters
    ----------
    temperature
        What a logit is divided by before the sigmoid; > 0.
    split, images
        What it was fitted on.
    loss_before, loss_after
        Mean binary cross-entropy there, in nats, without and with it.
    """

    temperature: float
    split: str
    images: int
    loss_before: float
    loss_after: float

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise OptionError(f"`temperature` must be positive; received {self.temperature}")


@dataclass(frozen=True)
class FamiliarityRecord:
    """What a model set knows of its training radiographs; see `densexplain.explain.familiarity`.

    Parameters
    ----------
    file_sha256, file_bytes
        Of ``familiarity.safetensors``, which holds the distribution.
    images
        Training radiographs that it was fitted on.
    quantiles
        Share ("0.5", "0.95", ...) to Mahalanobis distance of training radiographs that were held out of the fit.
    warn_above, withhold_above
        Distances above which a reader is warned and above which the label is withheld.
    """

    file_sha256: str
    file_bytes: int
    images: int
    quantiles: Mapping[str, float]
    warn_above: float
    withhold_above: float

    def __post_init__(self) -> None:
        if not 0 < self.warn_above <= self.withhold_above:
            raise OptionError(
                "`warn_above` must be positive and at most `withhold_above`; "
                f"received {self.warn_above} and {self.withhold_above}"
            )


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


def read_calibration(value: object, key: str) -> CalibrationRecord | None:
    """Calibration, or nothing where none was fitted; `Raises` as `json_fields` and `CalibrationRecord`."""
    if value is None:
        return None
    entries = json_fields.table(value, key, {"temperature", "split", "images", "loss_before", "loss_after"})
    return CalibrationRecord(
        json_fields.number(entries["temperature"], "temperature"),
        json_fields.text(entries["split"], "split"),
        json_fields.integer(entries["images"], "images"),
        json_fields.number(entries["loss_before"], "loss_before"),
        json_fields.number(entries["loss_after"], "loss_after"),
    )


def read_familiarity(value: object, key: str) -> FamiliarityRecord | None:
    """Familiarity, or nothing where none was fitted; `Raises` as `json_fields` and `FamiliarityRecord`."""
    if value is None:
        return None
    expected = {"file_sha256", "file_bytes", "images", "quantiles", "warn_above", "withhold_above"}
    entries = json_fields.table(value, key, expected)
    quantiles = json_fields.mapping(entries["quantiles"], "quantiles")
    return FamiliarityRecord(
        json_fields.text(entries["file_sha256"], "file_sha256"),
        json_fields.integer(entries["file_bytes"], "file_bytes"),
        json_fields.integer(entries["images"], "images"),
        {share: json_fields.number(distance, "quantiles") for share, distance in quantiles.items()},
        json_fields.number(entries["warn_above"], "warn_above"),
        json_fields.number(entries["withhold_above"], "withhold_above"),
    )
