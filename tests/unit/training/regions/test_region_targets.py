"""What a cell holds, worked out by hand, on the grid that the network has."""

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.families.densenet import DENSE_STAGES
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.training.regions.region_targets import (
    SUPERVISED_REGIONS,
    SUPERVISED_STAGES,
    UNKNOWN,
    blank_targets,
    cell_targets,
    stacked,
    stage_grid,
    supervised,
)
from densexplain.vocabulary import Region


@pytest.mark.parametrize("rows", [32, 33, 48, 50, 64, 95, 96, 97, 144, 224, 320])
def test_the_grid_is_the_networks(rows):
    network = build_network(ARCHITECTURES["tiny"], None)
    layers = {end.name: end.layer for end in DENSE_STAGES}
    stages = keras.Model(network.input, [network.get_layer(layers[stage]).output for stage in SUPERVISED_STAGES])
    for stage, shape in zip(SUPERVISED_STAGES, stages.compute_output_shape((1, rows, 64, 3)), strict=True):
        assert stage_grid(stage, rows, 64) == tuple(shape[1:3])


def test_a_cell_holds_what_covers_a_quarter_of_it_and_less_in_proportion():
    bone, finding = np.zeros((2, 32, 64), np.float32)
    bone[8:16, 8:16] = 1  # one cell of block 2, a quarter of one of block 3, a sixteenth of one of block 4
    finding[0:2, 0:8] = 0.5  # an eighth of a cell of block 2
    targets = cell_targets({Region.BONE: bone, Region.ABNORMALITY: finding}, 32, 64)
    bones, findings = SUPERVISED_REGIONS.index(Region.BONE), SUPERVISED_REGIONS.index(Region.ABNORMALITY)
    assert {stage: target.shape for stage, target in targets.items()} == {
        "block2": (4, 8, 6),
        "block3": (2, 4, 6),
        "block4": (1, 2, 6),
    }
    expected = np.zeros((4, 8))
    expected[1, 1] = 1
    np.testing.assert_allclose(targets["block2"][..., bones], expected)
    np.testing.assert_allclose(targets["block3"][..., bones], [[1, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(targets["block4"][..., bones], [[0.25, 0]])
    assert targets["block2"][0, 0, findings] == pytest.approx(0.5)
    others = [n for n in range(6) if n not in (bones, findings)]
    assert not any(target[..., others].any() for target in targets.values())


def test_what_is_not_predicted_is_left_out():
    masks = {Region.MOVED: np.ones((4, 4), bool), Region.HARDWARE: np.eye(4, dtype=bool)}
    planes = supervised(masks)
    assert list(planes) == [Region.HARDWARE]
    assert planes[Region.HARDWARE].dtype == np.float32
    np.testing.assert_array_equal(planes[Region.HARDWARE], np.eye(4))


def test_targets_of_a_batch_keep_the_order():
    batch = stacked([blank_targets(0.0, 32, 32), blank_targets(UNKNOWN, 32, 32)])
    assert {stage: target.shape for stage, target in batch.items()} == {
        "block2": (2, 4, 4, 6),
        "block3": (2, 2, 2, 6),
        "block4": (2, 1, 1, 6),
    }
    assert [set(target.ravel()) for target in batch["block2"]] == [{0.0}, {UNKNOWN}]
