"""What is fitted to training radiographs, on which of them the lines rest, and what is on disk at every moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import read_data_set
from densexplain.errors import DataSetError
from densexplain.explain.explainer import Explainer
from densexplain.explain.familiarity_file import FAMILIARITY_FILE, read_distribution
from densexplain.radiograph.preprocessing import prepare
from densexplain.training.familiarity_fit import (
    familiarity_record,
    fit_distribution,
    fit_familiarity,
    held_out_distances,
)
from densexplain.vocabulary import FamiliarityVerdict, Split
from tests.tiny import write_tiny


def _silent(_: str) -> None:
    pass


def _normal_roots(images: int) -> np.ndarray:
    """Pooled maps whose roots have mean 20 and, in one direction, four times the variance of the others."""
    draw = np.random.default_rng(1)
    roots = 20 + draw.normal(size=(images, 12))
    roots[:, 0] += draw.normal(size=images) * 3**0.5
    return np.asarray(roots**2, np.float32)


def test_the_distribution_is_that_of_the_roots() -> None:
    pooled = _normal_roots(4000)
    fitted = fit_distribution(pooled)
    np.testing.assert_allclose(fitted.mean, 20, atol=0.1)
    np.testing.assert_allclose(fitted.scale, [2] + [1] * 11, rtol=0.05)
    # Scaled, the roots are of variance 1 in all directions: squared distances follow chi squared with 12 degrees.
    distances = np.asarray(fitted.distance(pooled))
    assert np.mean(distances**2) == pytest.approx(12, rel=0.01)
    assert np.var(distances**2) == pytest.approx(24, rel=0.1)


def test_a_correlation_is_kept_and_far_across_it_is_further_than_along() -> None:
    draw = np.random.default_rng(2)
    shared = draw.normal(size=(500, 1))
    roots = 20 + shared + 0.1 * draw.normal(size=(500, 8))
    fitted = fit_distribution(np.asarray(roots**2, np.float32))
    along = np.full(8, 23.0**2, np.float32)
    across = np.array([21.0**2, 19.0**2] * 4, np.float32)
    assert fitted.distance(along) < 4 < 20 < fitted.distance(across)


def test_a_channel_that_was_silent_in_training_does_not_decide_alone() -> None:
    pooled = _normal_roots(400)
    pooled[:, 5] = 0
    fitted = fit_distribution(pooled)
    assert fitted.scale[5] == pytest.approx(0.1 * np.sqrt(pooled).std(axis=0).mean(), rel=1e-5)
    assert np.isfinite(fitted.distance(pooled[0] + np.eye(12, dtype=np.float32)[5]))


@pytest.mark.parametrize("pooled", [np.ones((40, 6)), np.random.default_rng(0).random((3, 6))], ids=["alike", "few"])
def test_radiographs_that_give_no_distribution_are_refused(pooled: np.ndarray) -> None:
    with pytest.raises(DataSetError, match="4 different radiographs or more"):
        fit_distribution(pooled.astype(np.float32))


def test_no_radiograph_is_judged_by_its_own_patient() -> None:
    pooled = _normal_roots(60)
    patients = [f"{index % 20:02d}" for index in range(60)]
    pooled[patients.index("07")] = 60.0**2  # if this one were in its own fit, it would be near
    distances = held_out_distances(pooled, patients, _silent)
    everyone = np.asarray(fit_distribution(pooled).distance(pooled))
    assert distances.argmax() == 7
    assert distances[7] > 3 * everyone[7]
    assert np.median(distances) > np.median(everyone)


def test_the_lines_are_quantiles_of_the_held_out() -> None:
    record = familiarity_record(b"content", np.arange(1, 1002, dtype=np.float64))
    assert (record.images, record.file_bytes) == (1001, 7)
    assert (record.quantiles["0.5"], record.quantiles["0.95"], record.quantiles["1"]) == (501.0, 951.0, 1001.0)
    assert (record.warn_above, record.withhold_above) == (971.0, 1000.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "bands", 3, "Bands")
    return tmp_path / "bands"


def test_a_model_set_learns_its_training_radiographs(folder: Path, data_set: Path) -> None:
    items, lines = read_data_set(data_set, Split.TRAIN), []
    before = read_manifest(folder)
    record = fit_familiarity(folder, items, lines.append)
    manifest = read_manifest(folder)
    assert manifest == replace(before, familiarity=record)
    assert record.images == len(items) == 24
    assert record.file_bytes == (folder / FAMILIARITY_FILE).stat().st_size
    assert lines == []  # nothing took 15 seconds
    explainer = Explainer(load_model_set(folder))

    def verdict(pixels: np.ndarray) -> FamiliarityVerdict:
        found = explainer.explain(prepare(pixels, manifest.specification)).familiarity
        assert found is not None
        return found.verdict

    assert verdict(read_training_image(items[0].path)) is FamiliarityVerdict.FAMILIAR
    assert verdict(1 - read_training_image(items[0].path)) is FamiliarityVerdict.FOREIGN
    # Fitted again, the same bytes.
    content = (folder / FAMILIARITY_FILE).read_bytes()
    assert fit_familiarity(folder, items, _silent) == record
    assert (folder / FAMILIARITY_FILE).read_bytes() == content


def test_a_file_that_cannot_be_written_leaves_a_model_set_that_does_not_know(folder: Path, data_set: Path) -> None:
    items = read_data_set(data_set, Split.TRAIN)
    fit_familiarity(folder, items, _silent)
    (folder / FAMILIARITY_FILE).unlink()
    (folder / FAMILIARITY_FILE).mkdir()  # nothing can be renamed to that
    with pytest.raises(OSError, match=FAMILIARITY_FILE):
        fit_familiarity(folder, items[:12], _silent)
    manifest = read_manifest(folder)
    assert manifest.familiarity is None
    assert read_distribution(folder, manifest) is None


def test_unreadable_radiographs_are_left_out_and_one_patient_is_too_few(folder: Path, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for number in range(9):
        study = tmp_path / "data" / "train" / "XR_KNEE" / f"patient{number:02d}" / "study1_negative"
        study.mkdir(parents=True)
        cv2.imwrite(str(study / "image1.png"), draw.integers(0, 255, (40, 40)).astype(np.uint8))
    (study / "image1.png").write_bytes(b"torn")
    items, lines = read_data_set(tmp_path / "data", Split.TRAIN), []
    assert fit_familiarity(folder, items, lines.append).images == 8
    assert lines[0].startswith("skipped: ")
    with pytest.raises(DataSetError, match="two patients or more; received those of 1"):
        fit_familiarity(folder, items[:1], _silent)
