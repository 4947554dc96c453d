"""Small changes: the same for the same seed, small, undone on the map, and their spread by hand."""

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.audit.stability import (
    MOST_CROP,
    MOST_SHIFT,
    MOST_TURN_DEGREES,
    Variant,
    draw_variants,
    stability,
)
from densexplain.vocabulary import VariantKind


def test_the_same_for_the_same_seed():
    assert draw_variants(20, 3) == draw_variants(20, 3)
    assert draw_variants(20, 3) != draw_variants(20, 4)
    assert draw_variants(64, 3)[:16] == draw_variants(16, 3)


def test_of_each_kind_as_many_and_none_beyond_its_bound():
    variants = draw_variants(64, 0)
    assert all(sum(variant.kind is kind for variant in variants) == 16 for kind in VariantKind)
    assert max(np.hypot(variant.right, variant.down) for variant in variants) <= MOST_SHIFT + 1e-9
    assert 1 < max(abs(variant.turn_degrees) for variant in variants) <= MOST_TURN_DEGREES
    assert max(variant.scale for variant in variants) <= 1 / (1 - MOST_CROP) + 1e-9
    assert len({variant.gamma for variant in variants}) == 17


@pytest.mark.parametrize(("count", "seed"), [(15, 0), (65, 0), (16, -1)])
def test_refused(count, seed):
    with pytest.raises(OptionError, match="received"):
        draw_variants(count, seed)


def test_a_shift_moves_and_is_undone():
    pixels = np.zeros((100, 80), np.float32)
    pixels[40, 30] = 1
    variant = Variant(VariantKind.SHIFT, right=0.05, down=-0.02)
    moved = variant.apply(pixels)
    assert np.argwhere(moved > 0.9).tolist() == [[38, 34]]
    assert np.array_equal(variant.undo(moved), pixels)


def test_exposure_leaves_places():
    pixels = np.full((40, 40), 0.25, np.float32)
    assert Variant(VariantKind.EXPOSURE, gamma=0.5).apply(pixels) == pytest.approx(0.5)


def test_spread_and_flips():
    variants = draw_variants()
    logits = np.array([1.0] * 12 + [-1.0] * 4)
    maps = np.tile(np.arange(9, dtype=np.float32).reshape(3, 3), (16, 1, 1))
    result = stability(variants, Evidence(logits, maps), maps[0], 1.0, 0.5, 0)
    assert result.flips.tolist() == [False] * 12 + [True] * 4
    assert (result.flip_share, result.fragile) == (0.25, True)
    assert result.logit_spread == pytest.approx(logits.std())
    assert result.probability_range == pytest.approx((1 / (1 + np.e), np.e / (1 + np.e)))
    assert result.map_spread.shape == (3, 3)
    assert result.map_agreement is not None
    assert result.map_agreement > 0.9
    flat = stability(variants, Evidence(logits, maps * 0), maps[0], 1.0, 0.5, 0)
    assert flat.map_agreement is None
