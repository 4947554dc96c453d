"""Strips between two exposures, on films drawn by hand."""

import cv2
import numpy as np
import pytest

from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.phantom import PhantomDescription, Seeds, make_phantom
from densexplain.radiograph.regions.film_divider import FilmDivider, find_divider
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.image_frame_mask import mark_image_frame
from densexplain.vocabulary import ExtremityType, Projection, Region

pytestmark = pytest.mark.slow


def film(seed=5, rows=300, columns=400):
    """Air with noise, and in either half a limb."""
    grey = 40 + 5 * np.random.default_rng(seed).standard_normal((rows, columns))
    for middle in (95, 295):
        cv2.ellipse(grey, (middle, 150), (35, 90), 0, 0, 360, 140, -1, cv2.LINE_AA)
    return np.clip(grey, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [5, 250])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_strip_is_found_where_it_is(level, axis):
    grey = film()
    grey[:, 190:198] = level
    grey = np.ascontiguousarray(grey if axis == 1 else grey.T)
    assert find_divider(grey) == FilmDivider(axis, 190, 198)


def test_one_exposure_has_none():
    assert find_divider(film()) is None


@pytest.mark.parametrize(
    "drawn", ["a grey strip", "a strip that ends half-way", "a broad strip", "a strip at the edge"]
)
def test_what_is_no_strip(drawn):
    grey = film()
    if drawn == "a grey strip":
        grey[:, 190:198] = 128
    elif drawn == "a strip that ends half-way":
        grey[:150, 190:198] = 250
    elif drawn == "a broad strip":
        grey[:, 160:240] = 250
    else:
        grey[:, 6:14] = 250
    assert find_divider(grey) is None


def test_dirt_on_a_strip_does_not_hide_it():
    grey = film()
    grey[:, 190:198] = 250
    grey[100:110, 188:194] = 90
    assert find_divider(grey) == FilmDivider(1, 190, 198)


def test_windows_make_up_the_film():
    grey = np.zeros((7, 9))
    for window in FilmDivider(1, 3, 5).windows():
        grey[window] += 1
    assert (grey == 1).all()
    assert [grey.T[window].shape for window in FilmDivider(0, 3, 5).windows()] == [(3, 7), (2, 7), (4, 7)]


@pytest.mark.parametrize("level", [5, 250])
def test_a_strip_is_frame_whatever_the_network_says(level):
    grey = film()
    grey[:, 190:198] = level
    frame = mark_image_frame(grey, np.full(grey.shape, -9.0, np.float32))
    assert frame[:, 190:198].all()
    assert frame.sum() == 8 * len(grey)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_frame_of_each_exposure_is_marked_beside_the_strip(seed):
    rates = ArtefactRates(legend=0.0, image_frame=0.0, collimation=1.0, inversion=0.0, second_exposure=1.0, dirt=0.0)
    seeds = Seeds(seed, seed, seed)
    film = make_phantom(PhantomDescription(ExtremityType.WRIST, Projection.FRONTAL, seeds, None, 0.0, rates=rates))
    assert {artefact["artefact"] for artefact in film.record["artefacts"]} == {"collimation", "second exposure"}
    found, known = find_regions(film.grey.astype(np.float32) / 255), film.regions[Region.IMAGE_FRAME]
    assert found[Region.IMAGE_FRAME][known].mean() > 0.95
    assert found[Region.IMAGE_FRAME][~known].mean() < 0.02
