"""The entries of a manifest that are objects themselves, each one dataclass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from densexplain.errors import OptionError

_SHARE = re.compile(r"0(\.[0-9]{1,17})?|1(\.0{1,17})?")


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
    """Temperature scaling, fitted on labelled radiographs; see `densexplain.evaluation.metrics.calibration`.

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
class ProbedStage:
    """How well a linear probe on one stage's pooled maps tells abnormal from normal.

    Parameters
    ----------
    stage
        Name of the stage.
    auc
        Area under the ROC curve, 0 to 1.
    error
        Root of the mean squared difference between its probabilities and the labels, 0 to 1.
    kinds
        Kind of abnormality to the area under the ROC curve against normal radiographs; empty where no kind is known.
    """

    stage: str
    auc: float
    error: float
    kinds: Mapping[str, float]

    def __post_init__(self) -> None:
        for name, value in {"auc": self.auc, "error": self.error, **self.kinds}.items():
            if not 0 <= value <= 1:
                raise OptionError(f"`{name[:40]}` of a probe must lie between 0 and 1; received {value}")


@dataclass(frozen=True)
class ProbesRecord:
    """Linear probes of a model set's stages; see `densexplain.explain.probes`.

    Parameters
    ----------
    file_sha256, file_bytes
        Hash and size of ``probes.safetensors``, which holds them.
    images
        Training radiographs that they were fitted on.
    measured_images
        Other radiographs that the figures were measured on.
    stages
        Every stage, in forward order.
    """

    file_sha256: str
    file_bytes: int
    images: int
    measured_images: int
    stages: tuple[ProbedStage, ...]


@dataclass(frozen=True)
class FamiliarityRecord:
    """Distribution of a model set's training radiographs; see `densexplain.explain.familiarity`.

    Parameters
    ----------
    file_sha256, file_bytes
        Hash and size of ``familiarity.safetensors``, which holds the distribution.
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
        for share in self.quantiles:
            if not _SHARE.fullmatch(share):
                raise OptionError(f"`quantiles` must be named by shares in [0, 1]; received {share[:80]!r}")
