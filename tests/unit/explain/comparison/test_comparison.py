"""Differences worked out by hand, and none between a model set and itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from densexplain.errors import CropTooSmallError, OptionError
from densexplain.explain.comparison.common_grid import PlacedMap, common_grid
from densexplain.explain.comparison.comparison import Comparison, VersionInputs, compare, differences
from densexplain.explain.explainer import Explainer
from densexplain.explain.familiarity import Familiarity
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.versions import RadiographVersion
from densexplain.vocabulary import InputVersion, Reference, ResizeMode
from tests.compared import COLUMNS, ORIGINAL, ROWS, cell, explanation, manifest, radiograph, two_by_two
from tests.stages import STAGES


def test_a_model_set_differs_from_itself_in_nothing(explainer: Explainer) -> None:
    own = explainer.model_set.manifest
    cropped = RadiographVersion(InputVersion.CROPPED, Geometry(Crop(10, 5, 50, 40), 7.0))
    calls = []

    def explain(model, version, make_input):
        calls.append((model.name, version.version))
        return explainer.explain(make_input())

    found = compare(radiograph(), [own, own], [ORIGINAL, cropped], explain)
    assert len(calls) == 4
    same = [one for one in differences(found) if one.reference is Reference.MODEL_SET]
    assert len(same) == 2
    for one in same:
        assert one.logit == 0
        assert not one.finding_changes
        assert not one.evidence.any()
        assert one.grid.shared.all()
        assert one.agreement is not None
        assert one.agreement.correlation == pytest.approx(1, abs=1e-12)
        assert one.agreement.overlap == 1
        for stage in STAGES:
            channels = one.first.explanation.stage(stage.name).ranked(one.ranking).channels.tolist()
            assert list(one.shared_channels[stage.name]) == channels
    # Another input of the same model set is another thing, so the zeros above are no accident.
    other = [one for one in differences(found) if one.reference is Reference.INPUT]
    assert all(one.logit != 0 for one in other)


def test_evidence_of_different_cells_is_subtracted_on_the_least_grid_for_both() -> None:
    found = {(one.reference, one.second.version.version): one for one in differences(two_by_two())}
    assert len(found) == 3  # the two inputs of the second model set share a key
    one = found[Reference.MODEL_SET, InputVersion.ORIGINAL]
    # 2 x 2 and 3 x 3 cells: 6 x 6. Each map's evidence is its value / cells, spread over 9 or 4 cells of the grid.
    first = np.kron([[4, 0], [0, 0]], np.ones((3, 3))) / 4 / 9
    second = np.kron(np.arange(9).reshape(3, 3) - 4, np.ones((2, 2))) / 9 / 4
    np.testing.assert_allclose(one.evidence, second - first, atol=1e-12)
    assert one.evidence.sum() == pytest.approx(0.0 - 1.0)
    assert one.logit == pytest.approx(0.25 - 1.25)
    assert one.finding_changes  # 0.78 above 0.5, 0.56 not above 0.9
    assert one.shared_channels is None


def test_only_the_input_changed() -> None:
    (one,) = (
        one for one in differences(two_by_two()) if one.reference is Reference.INPUT and one.second.manifest.name == "a"
    )
    np.testing.assert_allclose(one.evidence, np.full((2, 2), -0.5))
    assert one.logit == pytest.approx(-2)
    assert one.agreement is not None
    assert one.agreement.correlation == pytest.approx(1)
    assert one.agreement.overlap == 1
    assert one.shared_channels == dict.fromkeys((stage.name for stage in STAGES), (3,))


def test_a_flat_map_has_no_rank_correlation() -> None:
    flat = next(one for one in differences(two_by_two()) if np.isnan(one.agreement.correlation))
    assert not flat.second.explanation.activation_map.any()
    assert 0 <= flat.agreement.overlap <= 1


def test_maps_of_two_crops_are_compared_where_both_looked() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    whole = PlacedMap(values, Geometry(), ResizeMode.STRETCH, (ROWS, COLUMNS))
    lower = Geometry(Crop(ROWS // 2, 0, ROWS // 2, COLUMNS))
    half = PlacedMap(values[2:], lower, ResizeMode.STRETCH, (ROWS, COLUMNS))
    grid = common_grid(whole, half)
    assert grid.shared.shape == (64, 64)
    assert not grid.shared[:32].any()
    assert grid.shared[32:].all()
    # 8 cells over half of the radiograph, 16 over the whole: the crop's cells hold twice the evidence.
    np.testing.assert_allclose(grid.second, 2 * grid.first)
    assert grid.second.sum() == pytest.approx(values[2:].mean())
    upper = PlacedMap(values[:2], Geometry(Crop(0, 0, ROWS // 2, COLUMNS)), ResizeMode.STRETCH, (ROWS, COLUMNS))
    assert not common_grid(half, upper).shared.any()


def test_a_turned_and_flipped_map_lies_where_its_radiograph_does() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    whole = PlacedMap(values, Geometry(), ResizeMode.STRETCH, (ROWS, COLUMNS))
    turned = PlacedMap(
        np.rot90(values)[:, ::-1].copy(), Geometry(rotate_degrees=90, flip=True), ResizeMode.STRETCH, (ROWS, COLUMNS)
    )
    grid = common_grid(whole, turned)
    np.testing.assert_allclose(grid.second, grid.first)
    assert grid.first.std() > 0


def test_evidence_on_padding_is_left_out() -> None:
    values = np.ones((4, 4), np.float32)
    padded = PlacedMap(values, Geometry(), ResizeMode.PAD, (ROWS, COLUMNS))
    stretched = PlacedMap(values, Geometry(), ResizeMode.STRETCH, (ROWS, COLUMNS))
    grid = common_grid(stretched, padded)
    assert grid.first.sum() == pytest.approx(1)
    assert grid.second.sum() == pytest.approx(COLUMNS / ROWS)


def test_a_withheld_label_withholds_the_change_too() -> None:
    foreign = Familiarity(9.0, 1.0, 1.0, 2.0)
    first = cell(manifest("a"), ORIGINAL, explanation([[1.0]]))
    second = cell(manifest("b"), ORIGINAL, explanation([[1.0]], familiarity=foreign))
    (one,) = differences(Comparison(radiograph(), ((first,), (second,))))
    assert one.label_withheld


def test_each_network_input_is_made_once() -> None:
    inputs = VersionInputs(radiograph(), [ORIGINAL])
    specification = manifest().specification
    assert inputs.network_input(0, specification) is inputs.network_input(0, replace(specification))
    assert inputs.network_input(0, specification).shape == (64, 64, 3)


def test_what_is_no_matrix_is_refused() -> None:
    one = cell(manifest(), ORIGINAL, explanation([[1.0]]))
    for rows in ((), ((),), ((one,), (one, one))):
        with pytest.raises(OptionError, match="rows of one length"):
            Comparison(radiograph(), rows)
    small = RadiographVersion(InputVersion.CROPPED, Geometry(Crop(0, 0, 8, 8)))
    with pytest.raises(CropTooSmallError):
        VersionInputs(radiograph(), [small])
