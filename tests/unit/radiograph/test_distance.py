"""Distances are exact, and the same with one thread as with two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from densexplain.radiograph.distance import distance_to_outside


@pytest.fixture
def threads():
    """Number of OpenCV's threads, put back afterwards."""
    before = cv2.getNumThreads()
    yield cv2.setNumThreads
    cv2.setNumThreads(before)


def test_distances_are_those_between_pixel_centres():
    mask = np.ones((5, 7), np.bool_)
    mask[0, 0] = False
    rows, columns = np.indices(mask.shape)
    np.testing.assert_array_equal(distance_to_outside(mask), np.sqrt(rows**2 + columns**2))


def test_one_thread_gives_the_same_bits_as_two(threads):
    mask = np.zeros((576, 544), np.uint8)
    cv2.circle(mask, (250, 280), 150, 1, -1)
    found = []
    for count in (1, 2, 3):
        threads(count)
        found.append(distance_to_outside(mask.astype(np.bool_)))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_a_far_distance_is_exact_too():
    mask = np.ones((1500, 1200), np.bool_)
    mask[0, 0] = False
    assert distance_to_outside(mask)[-1, -1] == np.sqrt(1499**2 + 1199**2)
