"""Linear probes: what they say, and a file that is checked like the weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from densexplain.classifier.answers import stage_channels
from densexplain.classifier.model_sets.manifest import (
    ProbedStage,
    manifest_from_json,
    manifest_to_json,
    read_manifest,
    write_manifest,
)
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ManifestError, OptionError, ProbesFileError, ShapeError
from densexplain.explain.explainer import Explainer
from densexplain.explain.probes import Probes
from densexplain.explain.probes_file import PROBES_FILE, read_probes
from tests.tiny import PROBED_STAGES, write_probes, write_tiny

CHANNELS = stage_channels(ARCHITECTURES["tiny"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny", 1, "Tiny")
    write_probes(tmp_path / "tiny")
    return tmp_path / "tiny"


def test_a_probe_reads_the_roots_of_its_own_stage_alone() -> None:
    probes = Probes((np.array([1.0, -1.0], np.float32), np.array([3.0], np.float32)), np.array([0.5, 0.0], np.float32))
    assert probes.logits(np.array([4.0, 9.0, 16.0], np.float32)).tolist() == [2.0 - 3.0 + 0.5, 12.0]
    assert probes.logits(np.zeros((2, 3), np.float32)).tolist() == [[0.5, 0.0], [0.5, 0.0]]
    assert probes.logits(np.full(3, -1e-6, np.float32)).tolist() == [0.5, 0.0]  # rounding below zero
    with pytest.raises(ShapeError, match="3 channels"):
        probes.logits(np.zeros(4, np.float32))


def test_an_explanation_says_what_each_probe_says(folder: Path) -> None:
    explainer = Explainer(load_model_set(folder))
    network_input = np.random.default_rng(1).normal(size=(64, 64, 3)).astype(np.float32)
    explanation = explainer.explain(network_input)
    *before, last = explanation.probes
    assert tuple(one.stage for one in explanation.probes) == PROBED_STAGES
    assert [one.probability for one in before] == [0.5] * 4
    (answer,) = explainer.model_set.classifier.explain(network_input[None])
    channel = float(answer.stage_means[-CHANNELS[-1]])
    assert last.probability == pytest.approx(1 / (1 + np.exp(1 - 2 * np.sqrt(channel))), abs=1e-6)
    assert (last.auc, last.error) == (0.9, 0.5)


def test_stage_means_are_the_means_of_the_maps(folder: Path) -> None:
    classifier = load_model_set(folder).classifier
    inputs = np.random.default_rng(2).normal(size=(2, 64, 64, 3)).astype(np.float32)
    for answer in classifier.explain(inputs):
        assert answer.stage_means.shape == (sum(CHANNELS),)
        places = np.cumsum((0, *CHANNELS))
        for number, rankings in enumerate(answer.rankings):
            ranked = rankings["mean"]
            np.testing.assert_array_equal(answer.stage_means[places[number] + ranked.channels], ranked.strengths)


def test_a_model_set_without_probes_is_written_as_older_software_reads_it(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest_to_json(manifest)["format_version"] == 4
    without = manifest_to_json(replace(manifest, probes=None))
    assert without["format_version"] == 2
    assert "probes" not in without
    assert Explainer(load_model_set(folder)).explain(np.zeros((64, 64, 3), np.float32)).probes
    write_manifest(folder, replace(manifest, probes=None))
    assert Explainer(load_model_set(folder)).explain(np.zeros((64, 64, 3), np.float32)).probes == ()


def test_figures_that_cannot_be_are_refused(folder: Path) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        ProbedStage("conv1", 1.2, 0.5, {})
    entries = manifest_to_json(read_manifest(folder))
    entries["probes"]["stages"][0]["kinds"] = {"fracture": -0.1}
    with pytest.raises(ManifestError, match="fracture"):
        manifest_from_json(entries)


def test_a_file_that_is_not_the_stated_one_is_refused(folder: Path) -> None:
    manifest, path = read_manifest(folder), folder / PROBES_FILE
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"\1")
    with pytest.raises(ProbesFileError, match="unchanged"):
        read_probes(folder, manifest)
    path.unlink()
    with pytest.raises(ProbesFileError, match="cannot be read"):
        Explainer(load_model_set(folder))


@pytest.mark.parametrize(
    ("name", "value", "say"),
    [
        ("biases", np.zeros(4, np.float32), "biases as float32 of shape .5,."),
        ("weights/0", np.zeros(CHANNELS[0] + 1, np.float32), "weights/0"),
        ("weights/5", np.zeros(3, np.float32), "weights/5 as nothing"),
        ("weights/1", np.full(CHANNELS[1], np.inf, np.float32), "to hold numbers"),
    ],
)
def test_tensors_that_do_not_fit_are_named(folder: Path, name: str, value: np.ndarray, say: str) -> None:
    tensors = safetensors.numpy.load((folder / PROBES_FILE).read_bytes()) | {name: value}
    write_probes(folder, safetensors.numpy.save(tensors))
    with pytest.raises(ProbesFileError, match=say):
        read_probes(folder, read_manifest(folder))


def test_probes_of_another_number_of_stages_are_refused(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest.probes is not None
    fewer = replace(manifest, probes=replace(manifest.probes, stages=manifest.probes.stages[:4]))
    with pytest.raises(ProbesFileError, match="5 stages"):
        read_probes(folder, fewer)
