"""The distance from the training radiographs, by hand and against the full covariance, and what is made of it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from densexplain.classifier.model_sets.manifest import FamiliarityRecord, Manifest, read_manifest, write_manifest
from densexplain.classifier.model_sets.model_set import LoadedModelSet, load_model_set
from densexplain.errors import FamiliarityFileError, ShapeError
from densexplain.explain.explainer import Explainer
from densexplain.explain.familiarity import Familiarity, TrainingDistribution, familiarity
from densexplain.explain.familiarity_file import FAMILIARITY_FILE, encode_distribution, read_distribution
from densexplain.explain.fitted_file import MOST_BYTES
from densexplain.vocabulary import FamiliarityVerdict
from tests.tiny import write_familiarity

RECORD = FamiliarityRecord("0" * 64, 1, 10, {"0.1": 2.0, "0.5": 4.0, "0.95": 8.0, "1": 10.0}, 8.0, 9.0)


def _float32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_distance_by_hand() -> None:
    distribution = TrainingDistribution(_float32(1, 2), _float32(0.5, 1), np.array([[1.0, 0.0]]), _float32(4), 0.25)
    # Roots 3 and 4: offsets (3 - 1) / 0.5 = 4 and (4 - 2) / 1 = 2; 16 / 4 + 4 / 0.25 = 20.
    assert distribution.distance(_float32(9, 16)) == pytest.approx(20**0.5)
    assert distribution.distance(_float32(1, 4)) == 0.0


def test_the_distance_is_that_of_the_full_covariance() -> None:
    draw = np.random.default_rng(5)
    directions, _ = np.linalg.qr(draw.normal(size=(6, 2)))
    mean, scale, variances, residual = draw.uniform(1, 2, 6), draw.uniform(0.5, 2, 6), np.array([3.0, 1.5]), 0.4
    low_rank = directions @ np.diag(variances - residual) @ directions.T + residual * np.eye(6)
    covariance = np.diag(scale) @ low_rank @ np.diag(scale)
    pooled = draw.uniform(0, 9, (4, 6)).astype(np.float32)
    offsets = np.sqrt(pooled.astype(np.float64)) - mean
    expected = np.sqrt(np.einsum("ij,jk,ik->i", offsets, np.linalg.inv(covariance), offsets))
    parts = (part.astype(np.float32) for part in (mean, scale, directions.T, variances))
    distribution = TrainingDistribution(*parts, residual)
    np.testing.assert_allclose(distribution.distance(pooled), expected, rtol=1e-5)
    assert distribution.distance(pooled[2]) == pytest.approx(expected[2], rel=1e-5)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (1, 1, 2), ()])
def test_other_channels_are_refused(shape: tuple[int, ...]) -> None:
    distribution = TrainingDistribution(_float32(1, 2), _float32(1, 1), np.array([[1.0, 0.0]]), _float32(1), 1.0)
    with pytest.raises(ShapeError, match="2 channels"):
        distribution.distance(np.ones(shape, np.float32))


@pytest.mark.parametrize(
    ("distance", "quantile", "verdict"),
    [
        (1.0, 0.0, "familiar"),
        (3.0, 0.3, "familiar"),
        (8.0, 0.95, "familiar"),
        (8.5, 0.9625, "unfamiliar"),
        (9.0, 0.975, "unfamiliar"),
        (9.1, 0.9775, "foreign"),
        (99.0, 1.0, "foreign"),
    ],
)
def test_quantile_and_verdict(distance: float, quantile: float, verdict: str) -> None:
    found = familiarity(distance, RECORD)
    assert found.quantile == pytest.approx(quantile)
    assert found.verdict is FamiliarityVerdict(verdict)
    assert (found.distance, found.warn_above, found.withhold_above) == (distance, 8.0, 9.0)


def test_the_sentences_promise_no_more_than_was_measured() -> None:
    assert familiarity(7.0, RECORD).sentence == ""
    assert Familiarity(8.5, 0.96789, 8, 9).sentence == (
        "Unlike the training radiographs: further away than 96.7 % of them"
    )
    assert Familiarity(8.5, 1.0, 8, 9).sentence == "Unlike the training radiographs: further away than any of them"
    assert familiarity(9.5, RECORD).sentence == "Label withheld: unlike the training radiographs"


@pytest.fixture
def folder(model_set: LoadedModelSet, tmp_path: Path) -> Path:
    """A copy of the tiny model set that knows its training radiographs."""
    folder = tmp_path / model_set.folder.name
    shutil.copytree(model_set.folder, folder)
    write_familiarity(folder, 7.0, 9.0)
    return folder


def test_what_is_written_is_read(folder: Path) -> None:
    read = read_distribution(folder, read_manifest(folder))
    assert read is not None
    again = encode_distribution(read)
    assert again == (folder / FAMILIARITY_FILE).read_bytes()
    assert (read.mean.shape, read.directions.shape, read.residual_variance) == ((70,), (2, 70), 1.0)


def test_an_explanation_says_how_familiar(folder: Path, network_inputs: np.ndarray) -> None:
    explainer = Explainer(load_model_set(folder))
    explanation = explainer.explain(network_inputs[0])
    roots = np.sqrt(explainer.model_set.classifier.explain(network_inputs[:1])[0].pooled_halves)
    found = explanation.familiarity
    assert found is not None
    assert found.distance == pytest.approx(float(np.linalg.norm(roots - 1)), rel=1e-5)  # mean 1, covariance I
    assert explanation.label_withheld == (found.distance > 9.0)


def test_a_model_set_that_does_not_know_withholds_nothing(explainer: Explainer, network_inputs: np.ndarray) -> None:
    explanation = explainer.explain(network_inputs[0])
    assert explanation.familiarity is None
    assert not explanation.label_withheld


def _restate(folder: Path, content: bytes) -> Manifest:
    """Write another content and let the manifest agree with it."""
    (folder / FAMILIARITY_FILE).write_bytes(content)
    manifest = read_manifest(folder)
    assert manifest.familiarity is not None
    digest = hashlib.sha256(content).hexdigest()
    record = replace(manifest.familiarity, file_sha256=digest, file_bytes=len(content))
    write_manifest(folder, replace(manifest, familiarity=record))
    return read_manifest(folder)


def test_a_file_that_was_changed_is_not_used(folder: Path) -> None:
    manifest, path = read_manifest(folder), folder / FAMILIARITY_FILE
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[-1] ^= 1
    for changed in (bytes(flipped), content[:-1], content + b"\0", b""):
        path.write_bytes(changed)
        with pytest.raises(FamiliarityFileError, match="unchanged"):
            read_distribution(folder, manifest)
    path.unlink()
    with pytest.raises(FamiliarityFileError, match="cannot be read"):
        read_distribution(folder, manifest)
    with pytest.raises(FamiliarityFileError, match="cannot be read"):
        Explainer(load_model_set(folder))


def test_a_file_stated_to_be_huge_is_not_opened(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest.familiarity is not None
    stated = replace(manifest, familiarity=replace(manifest.familiarity, file_bytes=MOST_BYTES + 1))
    with pytest.raises(FamiliarityFileError, match="at most"):
        read_distribution(folder, stated)


@pytest.mark.parametrize(
    ("name", "value", "say"),
    [
        ("mean", None, "mean as float32 of shape .70,.; received nothing"),
        ("mean", np.zeros(71, np.float32), "mean as float32"),
        ("mean", np.zeros(70, np.float16), "received float16"),
        ("directions", np.zeros((3, 70), np.float16), "directions as float16 of shape .2, 70."),
        ("variances", np.array(1, np.float32), "directions as float16 of shape .0, 70."),
        ("further", np.zeros(1, np.float32), "further as nothing"),
        ("mean", np.full(70, np.nan, np.float32), "mean in .* to hold numbers"),
        ("scale", np.zeros(70, np.float32), "scale in .* to hold positive numbers"),
        ("variances", np.array([1, -1], np.float32), "variances in .* to hold positive"),
        ("residual_variance", np.zeros(1, np.float32), "residual_variance"),
    ],
    ids=str,
)
def test_tensors_that_do_not_fit_the_network_are_named(
    folder: Path, name: str, value: np.ndarray | None, say: str
) -> None:
    tensors = safetensors.numpy.load((folder / FAMILIARITY_FILE).read_bytes())
    tensors.pop(name, None)
    if value is not None:
        tensors[name] = value
    manifest = _restate(folder, safetensors.numpy.save(tensors))
    with pytest.raises(FamiliarityFileError, match=say):
        read_distribution(folder, manifest)


@pytest.mark.parametrize("content", [b"\xff" * 40, b"\2\0\0\0\0\0\0\0[]", b"short"], ids=["huge", "array", "short"])
def test_a_damaged_table_of_contents_is_refused_in_a_sentence(folder: Path, content: bytes) -> None:
    manifest = _restate(folder, content)
    with pytest.raises(FamiliarityFileError, match=f"table of contents|{FAMILIARITY_FILE}"):
        read_distribution(folder, manifest)
