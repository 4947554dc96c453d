"""What every radiograph guarantees."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from densexplain.errors import ShapeError
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.vocabulary import FileFormat


def test_pixels_are_read_only_and_stay_so_in_copies() -> None:
    pixels = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    radiograph = Radiograph(pixels, FileFormat.PNG, Acquisition(), "ab" * 32, ("a note.",))
    copies = [radiograph, copy.deepcopy(radiograph)]
    copies += [pickle.loads(pickle.dumps(radiograph, protocol)) for protocol in range(2, 6)]
    for one in copies:
        assert (one.rows, one.columns) == (3, 4)
        assert (one.format, one.acquisition, one.sha256, one.notes) == (
            FileFormat.PNG, Acquisition(), "ab" * 32, ("a note.",),
        )  # fmt: skip
        np.testing.assert_array_equal(one.pixels, pixels)
        with pytest.raises(ValueError, match="read-only"):
            one.pixels[0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        radiograph.sha256 = ""  # type: ignore[misc]


@pytest.mark.parametrize("pixels", [np.zeros((3, 4)), np.zeros((3, 4, 1), np.float32), np.zeros(3, np.float32)])
def test_pixels_of_another_kind_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="float32 of shape"):
        Radiograph(pixels, FileFormat.PNG, Acquisition(), "")
