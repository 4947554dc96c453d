"""Probes are fitted on some radiographs, measured on others, and kept with the model set."""

from pathlib import Path

import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.data_sets.mura import LabelledRadiograph, read_data_set
from densexplain.errors import DataSetError
from densexplain.explain.explainer import Explainer
from densexplain.training.probes_fit import PROBES_HEADING, ProbeData, fit_probes, fitted_probes
from densexplain.vocabulary import Finding, Split
from tests.tiny import write_tiny

pytestmark = pytest.mark.slow


def _items(labels: np.ndarray) -> tuple[LabelledRadiograph, ...]:
    return tuple(
        LabelledRadiograph(Path(f"{n}.png"), Split.TRAIN, "KNEE", f"p{n}", "s", list(Finding)[int(label)])
        for n, label in enumerate(labels)
    )


def test_a_stage_that_knows_is_told_from_one_that_does_not() -> None:
    draw = np.random.default_rng(0)
    labels = np.arange(200) % 2
    assert list(Finding)[1] is Finding.ABNORMAL
    means = draw.uniform(0.5, 1.5, (200, 9)).astype(np.float32)
    means[:, 5] += 0.8 * labels  # of the second stage, whose channels are 4 to 8
    probes = fitted_probes(means[:100], _items(labels[:100]), (4, 5))
    first, second = (probes.logits(means[100:]) > 0).T
    assert (second == (labels[100:] == 1)).mean() > 0.75
    assert 0.3 < (first == (labels[100:] == 1)).mean() < 0.7


def test_probes_are_kept_with_the_model_set(data_set, tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", 3, "Tiny")
    train, valid = (read_data_set(data_set, split) for split in Split)
    before = read_manifest(tmp_path / "tiny")
    lines: list[str] = []
    record = fit_probes(tmp_path / "tiny", ProbeData(train, valid), lines.append)
    assert read_manifest(tmp_path / "tiny").probes == record
    assert read_manifest(tmp_path / "tiny").weights_sha256 == before.weights_sha256
    assert (record.images, record.measured_images) == (len(train), len(valid))
    assert [stage.stage for stage in record.stages] == ["conv1", "block1", "block2", "block3", "block4"]
    assert all(0 <= stage.error <= 1 and stage.kinds == {} for stage in record.stages)
    card = (tmp_path / "tiny" / "README.md").read_text()
    assert card.count(PROBES_HEADING) == 1
    assert f"{record.stages[0].auc:.3f}" in card
    explainer = Explainer(load_model_set(tmp_path / "tiny"))
    assert len(explainer.explain(np.zeros((64, 64, 3), np.float32)).probes) == 5
    assert fit_probes(tmp_path / "tiny", ProbeData(train, valid), lines.append) == record  # again: the same
    assert (tmp_path / "tiny" / "README.md").read_text() == card


def test_too_few_patients_are_refused(data_set, tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", 3, "Tiny")
    valid = read_data_set(data_set, Split.VALID)
    normal = next(item for item in valid if item.finding is Finding.NORMAL)
    abnormal = next(item for item in valid if item.finding is Finding.ABNORMAL)
    with pytest.raises(DataSetError, match="4 patients"):
        fit_probes(tmp_path / "tiny", ProbeData((normal, abnormal), valid), lambda line: None)
    with pytest.raises(DataSetError, match="normal and abnormal"):
        fit_probes(tmp_path / "tiny", ProbeData(valid, (normal,)), lambda line: None)
    assert read_manifest(tmp_path / "tiny").probes is None
