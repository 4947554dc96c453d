"""One phantom: its masks agree with its pixels, and a seed makes it again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.phantom import PhantomDescription, Seeds, expose, make_phantom
from densexplain.vocabulary import Abnormality, ExtremityType, Projection, Region

pytestmark = pytest.mark.slow

PLAIN = ArtefactRates(legend=0, image_frame=0, collimation=0, inversion=0, second_exposure=0, dirt=0)
SMALL = PhantomDescription(
    ExtremityType.WRIST, Projection.FRONTAL, Seeds(4, 5, 6), Abnormality.PLATE, 0.8, size_px=128, rates=PLAIN
)


@pytest.mark.parametrize("extremity", ExtremityType)
@pytest.mark.parametrize("abnormality", [None, *Abnormality])
def test_every_extremity_has_every_abnormality(extremity, abnormality):
    number = list(Abnormality).index(abnormality) if abnormality else 11
    projection = list(Projection)[number % 3]
    phantom = make_phantom(
        PhantomDescription(extremity, projection, Seeds(number, 2, 3), abnormality, 0.9, size_px=96, rates=PLAIN)
    )
    assert phantom.pixels.min() >= 0
    assert phantom.pixels.max() <= 1
    assert phantom.pixels.std() > 0.05
    assert Region.BONE in phantom.regions
    assert (Region.ABNORMALITY in phantom.regions) is (abnormality is not None)
    assert Region.TEXT_LEGEND not in phantom.regions
    json.dumps(phantom.record, allow_nan=False)
    kind = None if abnormality is None else abnormality.value
    assert (phantom.record["abnormality"] or {"kind": None})["kind"] == kind


@pytest.mark.parametrize("abnormality", Abnormality)
@pytest.mark.parametrize("projection", Projection)
def test_removing_the_finding_changes_pixels_inside_its_masks_only(abnormality, projection):
    exposed = expose(replace(SMALL, abnormality=abnormality, projection=projection))
    changed = exposed.picture.pixels != exposed.healthy()
    masked = exposed.picture.masks[Region.ABNORMALITY] | exposed.picture.masks[Region.MOVED]
    assert changed.any()
    assert not (changed & ~masked).any()
    # Most of what is seen of it lies where the abnormality is said to be.
    amount = np.abs(exposed.picture.pixels - exposed.healthy())
    if abnormality not in (Abnormality.SUBLUXATION, Abnormality.FRACTURE, Abnormality.DEGENERATION):  # these move bones
        assert amount[exposed.picture.masks[Region.ABNORMALITY]].sum() > 0.5 * amount.sum()


def test_hardware_is_bright_and_marked_as_such():
    exposed = expose(SMALL)
    hardware = exposed.picture.masks[Region.HARDWARE]
    assert hardware.any()
    assert exposed.picture.pixels[hardware].mean() > exposed.healthy()[hardware].mean() + 0.1
    assert Region.HARDWARE not in make_phantom(replace(SMALL, abnormality=Abnormality.LYTIC_LESION)).regions


def test_severity_runs_from_hardly_visible_to_plain():
    def visible(severity):
        amounts = []
        for seed in range(4):
            exposed = expose(
                replace(SMALL, abnormality=Abnormality.FRACTURE, severity=severity, seeds=Seeds(4, seed, 6))
            )
            amounts.append(np.abs(exposed.picture.pixels - exposed.healthy()).sum())
        return np.mean(amounts)

    slight, middle, plain = visible(0.0), visible(0.5), visible(1.0)
    assert slight < middle < plain


def test_a_seed_makes_the_same_phantom_again():
    one, again = (make_phantom(replace(SMALL, rates=ArtefactRates())) for _ in range(2))
    np.testing.assert_array_equal(one.pixels, again.pixels)
    assert one.record == again.record
    assert all(np.array_equal(one.regions[region], again.regions[region]) for region in Region)


def test_images_of_one_patient_share_the_limb_and_differ_in_the_rest():
    one = make_phantom(SMALL)
    other = make_phantom(replace(SMALL, seeds=Seeds(4, 5, 7)))
    stranger = make_phantom(replace(SMALL, seeds=Seeds(5, 5, 6)))
    assert one.record["size"] == other.record["size"] != stranger.record["size"]
    assert one.record["laterality"] == other.record["laterality"]
    assert one.pixels.shape != other.pixels.shape or not np.array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize("legend", [True, False])
def test_a_text_legend_can_be_asked_for_and_ruled_out(legend):
    phantom = make_phantom(replace(SMALL, legend=legend, rates=ArtefactRates()))
    assert (Region.TEXT_LEGEND in phantom.regions) is legend


def test_the_longer_edge_is_as_asked():
    assert max(make_phantom(replace(SMALL, size_px=160)).pixels.shape) in (159, 160, 161)


@pytest.mark.parametrize("severity", [-0.1, 1.1])
def test_a_severity_out_of_range_is_refused(severity):
    with pytest.raises(OptionError, match="severity"):
        make_phantom(replace(SMALL, severity=severity))
