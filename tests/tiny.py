"""A model set small enough for tests, with the real layer names."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from densexplain.classifier.answers import pooled_channels, stage_channels
from densexplain.classifier.model_sets.manifest import (
    FamiliarityRecord,
    ProbedStage,
    ProbesRecord,
    read_manifest,
    write_manifest,
)
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.explain.familiarity import TrainingDistribution
from densexplain.explain.familiarity_file import FAMILIARITY_FILE, encode_distribution
from densexplain.explain.probes import Probes
from densexplain.explain.probes_file import PROBES_FILE, encode_probes
from densexplain.radiograph.preprocessing import InputSpecification

PROBED_STAGES = ("conv1", "block1", "block2", "block3", "block4")
ROOT = Path(__file__).resolve().parent.parent


def write_tiny(folder: Path, seed: int, title: str, tensors: dict[str, np.ndarray] | None = None) -> None:
    """Write a network of random weights, or of those given, as a model set named like its folder."""
    write_model_set(
        folder,
        tensors or _initial_tensors("tiny", seed),
        name=folder.name,
        title=title,
        version="1",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny",
        specification=InputSpecification(size_px=64),
        card=f"# {title}\n",
    )


def _initial_tensors(architecture: str, seed: int) -> dict[str, np.ndarray]:
    """Draw weights as Keras initialises them (Glorot, uniform), without it: tests need not wait for TensorFlow."""
    draw, tensors = np.random.default_rng(seed), {}
    for name, shape in tensor_shapes(ARCHITECTURES[architecture]).items():
        variable = name.split("/")[1]
        if variable == "kernel":
            field = int(np.prod(shape[:-2]))
            limit = np.sqrt(6 / (field * (shape[-2] + shape[-1])))
            tensors[name] = draw.uniform(-limit, limit, shape).astype(np.float32)
        else:
            ones = variable in ("gamma", "moving_variance")
            tensors[name] = np.full(shape, ones, np.float32)
    return tensors


def write_familiarity(folder: Path, warn_above: float, withhold_above: float) -> None:
    """Teach a tiny model set a made-up distribution: every pooled root is 1 with a deviation of 1."""
    channels = pooled_channels(ARCHITECTURES["tiny"])
    ones = np.ones(channels, np.float32)
    directions = np.eye(2, channels, dtype=np.float16)
    content = encode_distribution(TrainingDistribution(ones, ones, directions, ones[:2], 1.0))
    quantiles = {"0.5": warn_above / 2, "0.95": warn_above, "1": withhold_above}
    digest = hashlib.sha256(content).hexdigest()
    record = FamiliarityRecord(digest, len(content), 100, quantiles, warn_above, withhold_above)
    (folder / FAMILIARITY_FILE).write_bytes(content)
    write_manifest(folder, replace(read_manifest(folder), familiarity=record))


def write_probes(folder: Path, content: bytes | None = None) -> None:
    """Give a tiny model set probes that answer 0.5 but for the last, which looks at one channel."""
    weights = tuple(np.zeros(count, np.float32) for count in stage_channels(ARCHITECTURES["tiny"]))
    weights[-1][0] = 2.0
    content = content or encode_probes(Probes(weights, np.array([0, 0, 0, 0, -1], np.float32)))
    (folder / PROBES_FILE).write_bytes(content)
    stages = tuple(ProbedStage(name, 0.5 + number / 10, 0.5, {}) for number, name in enumerate(PROBED_STAGES))
    record = ProbesRecord(hashlib.sha256(content).hexdigest(), len(content), 40, 20, stages)
    write_manifest(folder, replace(read_manifest(folder), probes=record))
