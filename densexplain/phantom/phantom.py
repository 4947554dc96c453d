"""One phantom: a simulated radiograph whose ground truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from densexplain.phantom.abnormalities.altered import Altered
from densexplain.phantom.abnormalities.apply import apply_abnormality
from densexplain.phantom.artefacts.artefact_set import ArtefactRates, apply_artefacts, draw_artefacts
from densexplain.phantom.artefacts.picture import Picture
from densexplain.phantom.patient import Patient
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.physics.radiography import SHARPENED_PX, Beam, Caster, Shadow, develop, display_of
from densexplain.phantom.skeleton.limb import Limb
from densexplain.phantom.solids.surface import Surface, Vectors
from densexplain.phantom.views import Framing, pose_limb
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Abnormality, ExtremityType, Projection, Region

_SEEN_MM = 0.05
"""Path through a tissue above which a pixel belongs to it."""

_LIMB, _THIN = 0.1, 0.8
"""Attenuation from which on a pixel shows the limb, and of a limb that needs no more than the least exposure."""

_TRIALS = 12
"""How often a place is drawn for an abnormality before the one seen best is taken."""

_MEANT = {
    ExtremityType.SHOULDER: ("humerus", "scapula"),
    ExtremityType.HUMERUS: ("humerus",),
    ExtremityType.ELBOW: ("humerus", "radius", "ulna"),
    ExtremityType.FOREARM: ("radius", "ulna"),
}
"""Bones that an extremity's radiograph is taken of; elsewhere all that the field holds."""

_BONE_SEEN, _SITE_SEEN = 0.25, 0.75
"""Share of a bone, and of what is altered, that must lie in the field."""


@dataclass(frozen=True)
class Seeds:
    """Seeds of the random choices; the images of a patient share the first, those of a study the second too.

    Parameters
    ----------
    patient
        Size and shape of the limb, side.
    study
        Where the abnormality lies and how it looks.
    image
        Positioning, exposure, texture, noise and artefacts.
    """

    patient: int
    study: int
    image: int


@dataclass(frozen=True)
class PhantomDescription:
    """What is simulated.

    Parameters
    ----------
    extremity, projection
        What is radiographed and how.
    seeds
        Same seeds, same pixels.
    abnormality
        None for a normal radiograph.
    severity
        From 0, hardly visible, to 1, plain.
    size_px
        Longer edge of the image.
    legend
        Whether there is a text legend; None leaves it to `rates`.
    rates
        How often each artefact occurs.
    """

    extremity: ExtremityType
    projection: Projection
    seeds: Seeds
    abnormality: Abnormality | None = None
    severity: float = 0.7
    size_px: int = 512
    legend: bool | None = None
    rates: ArtefactRates = field(default_factory=ArtefactRates)


@dataclass(frozen=True)
class Phantom:
    """A simulated radiograph with its ground truth.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float64 in [0, 1], bright = dense unless the record names an inversion.
    regions
        What each pixel belongs to.
    record
        Every parameter, fit for JSON.
    pitch_mm
        Edge of a pixel in the plane of the limb.
    """

    pixels: NDArray[np.float64]
    regions: RegionMasks
    record: dict[str, Any]
    pitch_mm: float

    @property
    def grey(self) -> NDArray[np.uint8]:
        """Pixels as they are written, shape (rows, columns), uint8, 0 to 255."""
        return np.asarray(np.round(self.pixels * 255.0), np.uint8)


def make_phantom(description: PhantomDescription) -> Phantom:
    """Simulate a radiograph.

    Raises
    ------
    OptionError
        If severity or size lie outside their ranges.
    """
    exposed = expose(description)
    rng = np.random.default_rng([description.seeds.image, 3])

    def second() -> Picture:
        others = [projection for projection in Projection if projection is not description.projection]
        other = expose(description, others[int(rng.integers(len(others)))], image_offset=1)
        return other.picture

    artefacts = draw_artefacts(rng, description.rates, description.legend, second)
    picture = apply_artefacts(exposed.picture, artefacts)
    masks = {region: mask for region, mask in picture.masks.items() if mask.any()}
    rows, columns = picture.pixels.shape
    record = exposed.record | {
        "artefacts": [artefact.record() for artefact in artefacts],
        "rows": rows,
        "columns": columns,
    }
    return Phantom(picture.pixels, RegionMasks((rows, columns), masks), record, exposed.pitch_mm)


@dataclass(frozen=True)
class Exposed:
    """A radiograph without artefacts, and the same limb before it was altered.

    Parameters
    ----------
    picture
        Pixels and masks.
    healthy
        Makes the pixels of the same limb without the abnormality, at the same exposure and with the same
        noise: shape (rows, columns), float64 in [0, 1].
    pitch_mm
        Edge of a pixel.
    record
        Parameters so far.
    """

    picture: Picture
    healthy: Callable[[], NDArray[np.float64]]
    pitch_mm: float
    record: dict[str, Any]


@cache
def _linear_algebra() -> ThreadpoolController:
    """Libraries under NumPy; found once, after all are loaded."""
    return ThreadpoolController()


def expose(description: PhantomDescription, projection: Projection | None = None, image_offset: int = 0) -> Exposed:
    """Pose a limb, alter it, and take its radiograph without artefacts.

    Parameters
    ----------
    description
        What is simulated.
    projection
        Projection in place of the description's.
    image_offset
        Distinguishes the second exposure of a film from the first.
    """
    with _linear_algebra().limit(limits=1):  # threads only get into the way of products this small
        return _exposed(description, projection or description.projection, image_offset)


def _exposed(description: PhantomDescription, projection: Projection, image_offset: int) -> Exposed:
    seeds = description.seeds
    rng = np.random.default_rng([seeds.image, image_offset])
    patient = Patient.drawn(np.random.default_rng(seeds.patient))
    limb, framing = pose_limb(description.extremity, projection, patient, rng)
    beam, texture, noise = _drawn_beam(rng), int(rng.integers(2**31)), int(rng.integers(2**31))
    pitch = max(framing.field_mm) / description.size_px
    projector = framing.projector(round(framing.field_mm[0] / pitch), samples=1)
    altered = Altered(limb, (), {})
    if description.abnormality is not None:
        altered = _altered(description, limb, framing, projector)
    caster = Caster(framing.motion, projector, beam.energy_kev, texture)
    healthy, shadow = caster.pair(limb, altered.limb)
    beam = _controlled(beam, healthy)
    display = display_of(healthy, beam)
    pixels = develop(shadow, beam, noise, display)
    record = {
        "extremity": str(description.extremity),
        "projection": str(projection),
        "laterality": "L" if patient.mirrored else "R",
        "seeds": [seeds.patient, seeds.study, seeds.image],
        "size": round(patient.size, 4),
        "pitch_mm": round(projector.pitch_mm, 5),
        "abnormality": dict(altered.record) or None,
        "beam": {name: round(float(value), 5) for name, value in vars(beam).items()},
    }
    return Exposed(
        Picture(pixels, _masks(shadow, healthy, altered, caster, beam)),
        lambda: develop(healthy, beam, noise, display),
        projector.pitch_mm,
        record,
    )


def _altered(description: PhantomDescription, limb: Limb, framing: Framing, projector: Projector) -> Altered:
    """Alter the limb where the rays will show it."""
    held = {bone.name for bone in limb.bones if _share_seen(bone.whole, framing, projector) > _BONE_SEEN}
    bones = tuple(sorted(held & set(_MEANT.get(description.extremity, held)) or held))
    field_seen = _box_seen(limb, framing, projector)
    assert description.abnormality is not None
    best: tuple[float, Altered] | None = None
    for trial in range(_TRIALS):
        rng = np.random.default_rng([description.seeds.study, trial])
        altered = apply_abnormality(limb, description.abnormality, description.severity, rng, bones or None, field_seen)
        share = float(np.mean([_share_seen(site, framing, projector) for site in altered.sites]))
        if best is None or share > best[0]:
            best = share, altered
        if share > _SITE_SEEN:
            break
    assert best is not None
    return best[1]


def _share_seen(surface: Surface, framing: Framing, projector: Projector) -> float:
    """Share of a surface's places that the field of the detector holds."""
    return float(_seen(surface.vertices[:: max(1, len(surface.vertices) // 300)], framing, projector).mean())


def _box_seen(limb: Limb, framing: Framing, projector: Projector) -> tuple[tuple[float, float], tuple[float, float]]:
    """Least and greatest x and y of the places on bones that the field of the detector holds."""
    places = np.concatenate([bone.whole.vertices[::20] for bone in limb.bones])
    seen = _seen(places, framing, projector)
    box = places[seen] if seen.any() else places
    (left, top), (right, bottom) = box[:, :2].min(axis=0), box[:, :2].max(axis=0)
    return (float(left), float(top)), (float(right), float(bottom))


def _seen(places: Vectors, framing: Framing, projector: Projector) -> Mask:
    """Which places the field of the detector holds, its outermost parts left out; shape (places,)."""
    shadows = projector.shadow(framing.motion(places))
    edges = np.array([projector.columns, projector.rows])
    return np.asarray(((shadows > 0.03 * edges) & (shadows < 0.97 * edges)).all(axis=1), np.bool_)


def _drawn_beam(rng: np.random.Generator) -> Beam:
    return Beam(
        energy_kev=rng.uniform(36.0, 46.0),
        photons=float(np.exp(rng.uniform(np.log(3e3), np.log(2e4)))),
        scatter=rng.uniform(0.04, 0.14),
        blur_px=rng.uniform(0.35, 0.65),
        sharpening=rng.uniform(0.2, 1.0),
        evening=rng.uniform(0.5, 0.75),
        low=rng.uniform(0.12, 0.22),
        high=rng.uniform(0.6, 0.84),
    )


def _controlled(beam: Beam, healthy: Shadow) -> Beam:
    """Expose until the detector has seen enough behind the limb, as an automatic exposure control does."""
    limb = healthy.soft > _LIMB
    middle = float(np.median(healthy.attenuation[limb])) if limb.any() else 0.0
    return replace(beam, photons=beam.photons * float(np.exp(np.clip(middle - _THIN, 0.0, 3.0))))


def _masks(shadow: Shadow, healthy: Shadow, altered: Altered, caster: Caster, beam: Beam) -> dict[Region, Mask]:
    """Say for each pixel what it belongs to."""
    hardware = np.zeros(shadow.soft.shape, np.bool_)
    for name, path in shadow.bodies_mm.items():
        if name.startswith("hardware"):
            hardware |= path > 0
    sites = np.zeros(shadow.soft.shape, np.bool_)
    for site in altered.sites:
        sites |= caster.silhouette(site)
    # Soft tissue is evened out by healthy pixels; what differs reaches as far as the kernels of blur and sharpening.
    changed = _grown(
        (shadow.attenuation != healthy.attenuation), int(np.ceil(4.0 * beam.blur_px) + np.ceil(4.0 * SHARPENED_PX)) + 1
    )
    abnormality = _grown(sites, 1) if altered.sites else sites
    return {
        Region.BONE: shadow.bone_mm > _SEEN_MM,
        Region.SOFT_TISSUE: shadow.soft > 1e-3,
        Region.ABNORMALITY: abnormality,
        Region.MOVED: changed & ~abnormality,
        Region.HARDWARE: hardware,
    }


def _grown(mask: Mask, reach_px: int) -> Mask:
    kernel = np.ones((2 * reach_px + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), np.bool_)
