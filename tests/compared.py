"""Cells of a comparison made by hand: maps, channels and model sets without a network."""

import math
from typing import Any

import numpy as np

from densexplain.classifier.model_sets.manifest import GoldenRecord, Manifest
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.explain.comparison.comparison import Cell, Comparison
from densexplain.explain.explanation import Explanation, RankedMaps, StageExplanation
from densexplain.explain.familiarity import Familiarity
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.versions import RadiographVersion
from densexplain.vocabulary import FileFormat, Finding, InputVersion, Ranking, RegionSource
from tests.stages import STAGES, shaped

ROWS, COLUMNS = 80, 60
ORIGINAL = RadiographVersion(InputVersion.ORIGINAL, Geometry())


def radiograph() -> Radiograph:
    pixels = np.linspace(0, 1, ROWS * COLUMNS, dtype=np.float32).reshape(ROWS, COLUMNS)
    return Radiograph(pixels, FileFormat.PNG, Acquisition(), "ab" * 32)


def manifest(name: str = "a", **changes: Any) -> Manifest:
    entries: dict[str, Any] = {
        "name": name,
        "title": f"Model {name}",
        "version": "1",
        "purpose": "Testing.",
        "not_for": "Anything else.",
        "architecture": ARCHITECTURES["tiny"],
        "specification": InputSpecification(64),
        "threshold": 0.5,
        "weights_sha256": f"{ord(name[0]):02x}" * 32,
        "weights_bytes": 1,
        "tensors": {},
        "golden": GoldenRecord("", 0.0, 0.5),
        "activation_map_limit_logits": 8.0,
    }
    return Manifest(**{**entries, **changes})


def explanation(
    activation_map: Any,
    channels: tuple[int, ...] = (3, 1),
    bias: float = 0.25,
    threshold: float = 0.5,
    familiarity: Familiarity | None = None,
) -> Explanation:
    values = np.asarray(activation_map, np.float32)
    logit = bias + float(values.mean())
    probability = 1 / (1 + math.exp(-logit))
    maps = np.arange(len(channels) * 4, dtype=np.float32).reshape(-1, 2, 2)
    ranked = RankedMaps(np.array(channels, np.int32), np.ones(len(channels), np.float32), maps)
    stages = tuple(StageExplanation(shaped(stage, 2, 2, 8), {Ranking.MEAN: ranked}) for stage in STAGES)
    finding = Finding.ABNORMAL if probability > threshold else Finding.NORMAL
    return Explanation(probability, logit, bias, finding, threshold, values, stages, familiarity)


def cell(model: Manifest, version: RadiographVersion, answer: Explanation) -> Cell:
    return Cell(model, version, version.apply(radiograph().pixels), answer)


def two_by_two() -> Comparison:
    """Two model sets of different cells and thresholds; the second input keeps one channel of two."""
    marker = np.zeros((ROWS, COLUMNS), bool)
    marker[5:10, 40:50] = True
    painted = RadiographVersion(InputVersion.MARKER_REMOVED, Geometry(), marker, RegionSource.FOUND)
    first, second = manifest("a"), manifest("b", threshold=0.9, specification=InputSpecification(96))
    small, large = np.array([[4.0, 0], [0, 0]]), np.arange(9.0).reshape(3, 3) - 4
    return Comparison(
        radiograph(),
        (
            (cell(first, ORIGINAL, explanation(small)), cell(first, painted, explanation(small - 2, (3, 7)))),
            (
                cell(second, ORIGINAL, explanation(large, threshold=0.9)),
                cell(second, painted, explanation(large * 0, threshold=0.9)),
            ),
        ),
    )
