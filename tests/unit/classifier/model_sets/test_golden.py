from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from densexplain.classifier.model_sets.golden import check_golden, golden_input, golden_pixels
from densexplain.classifier.model_sets.manifest import GoldenRecord, read_manifest
from densexplain.errors import GoldenInputError
from densexplain.radiograph.preprocessing import InputSpecification

GOLDEN_224 = "0b28ee0ab695779f6a359218e745803c3403dc8d405e0793064259d29f4fc927"


def test_pixels_by_hand() -> None:
    pixels = golden_pixels(64)
    # (0, 0): both waves |0 - 256| = 256; texture 12345 >> 16 = 0.
    assert pixels[0, 0] == pytest.approx((2 * 256 + 256 + 0) / 1023)
    # (0, 1): 5 * 512 // 64 = 40 and -2 * 512 // 64 mod 512 = 496; (1103515245 + 12345) >> 16 mod 256 = 198.
    texture = ((1103515245 + 12345) % 2**31 >> 16) % 256
    assert pixels[0, 1] == pytest.approx((2 * 216 + 240 + texture) / 1023)


def test_pixels_are_the_same_bits_on_every_machine() -> None:
    assert sha256(golden_pixels(224).tobytes()).hexdigest() == GOLDEN_224
    pixels = golden_pixels(224)
    assert pixels.dtype == np.float32
    assert 0 <= pixels.min() < 0.05
    assert 0.95 < pixels.max() <= 1


def test_input_is_normalised_as_specified() -> None:
    specification = InputSpecification(64, mean=(0.1, 0.2, 0.3), standard_deviation=(0.5, 0.5, 0.25))
    expected = (golden_pixels(64)[:, :, None] - [0.1, 0.2, 0.3]) / [0.5, 0.5, 0.25]
    np.testing.assert_allclose(golden_input(specification), expected, atol=1e-6)


def test_tolerance(tiny_folder: Path) -> None:
    manifest = replace(read_manifest(tiny_folder), golden=_record(tiny_folder, 0.0, 0.5))
    check_golden(manifest, 0.00009)
    check_golden(manifest, -0.00009)
    for logit in (0.00011, -0.00011, float("nan"), float("inf")):
        with pytest.raises(GoldenInputError, match=r"expected the reference input of tiny to give the logit 0\.00000"):
            check_golden(manifest, logit)


def test_tolerance_grows_with_the_logit(tiny_folder: Path) -> None:
    manifest = replace(read_manifest(tiny_folder), golden=_record(tiny_folder, 3.0, 1 / (1 + np.exp(-3.0))))
    check_golden(manifest, 3.00029)
    with pytest.raises(GoldenInputError):
        check_golden(manifest, 3.00031)


def test_probability_that_contradicts_the_logit_is_refused(tiny_folder: Path) -> None:
    manifest = replace(read_manifest(tiny_folder), golden=_record(tiny_folder, 0.0, 0.6))
    with pytest.raises(GoldenInputError, match=r"to agree; received 0\.600000"):
        check_golden(manifest, 0.0)


def test_another_golden_input_is_refused(tiny_folder: Path) -> None:
    manifest = replace(read_manifest(tiny_folder), golden=GoldenRecord("golden input 7", 0.0, 0.5))
    with pytest.raises(GoldenInputError, match="expected golden input 1 in tiny; received 'golden input 7'"):
        check_golden(manifest, 0.0)


def _record(folder: Path, logit: float, probability: float) -> GoldenRecord:
    return GoldenRecord(read_manifest(folder).golden.description, logit, float(probability))
