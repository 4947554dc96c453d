"""Take a radiograph of a limb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.physics.exposure import film_curve
from densexplain.phantom.physics.materials import Material, linear_attenuation
from densexplain.phantom.physics.path_length import PathMap
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.physics.texture_bank import strands, trabecular_density
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Flesh, Limb, flesh_grid
from densexplain.phantom.solids.surface import Motion, Surface, bounds, joined
from densexplain.radiograph.regions.regions import Mask

_FLESH_VOXELS_MM = (3.0, 6.0)
_FLESH_VOXEL = 0.25
"""Spacing of the grid that soft tissue is measured on: its limits, and its share of the usual radius of a part."""

_METAL = 6.0
"""Attenuation above which no tissue is; it does not count when thick and thin are evened out."""

SHARPENED_PX = 1.5
"""Standard deviation of the blur of which sharpening takes the difference."""

_FIBRE = 0.02
"""Standard deviation of muscle's density along its strands."""

_GRAIN, _GRAIN_MM = 1.4, 14.0
"""Contrast of the texture of spongy bone, and the path over which it loses three tenths of it."""


@dataclass(frozen=True)
class Beam:
    """The rays and how the detector shows them.

    Parameters
    ----------
    energy_kev
        Effective energy.
    photons
        Expected in a pixel that nothing covers.
    scatter
        Scattered light beside the primary light behind the limb.
    blur_px
        Standard deviation of focus and detector together.
    sharpening
        Share of the fine detail that is added once more before display.
    evening
        Share of the slow changes that is taken out before display; digital
        radiographs are processed so that thick and thin parts are seen at once.
    low, high
        Displayed grey, 0 to 1, of the thinnest skin line and of the densest healthy bone.
    """

    energy_kev: float = 40.0
    photons: float = 9_000.0
    scatter: float = 0.1
    blur_px: float = 0.5
    sharpening: float = 0.6
    evening: float = 0.65
    low: float = 0.2
    high: float = 0.68


@dataclass(frozen=True)
class Shadow:
    """What the rays cross.

    Parameters
    ----------
    attenuation
        Line integral for each pixel, shape (rows, columns), float64 >= 0, without unit.
    soft
        Line integral of the soft tissue alone, same shape, float64 >= 0.
    bone_mm
        Path through bone, same shape, float64 >= 0, millimetres.
    bodies_mm
        Path through each foreign body, by name, same shape and unit.
    """

    attenuation: NDArray[np.float64]
    soft: NDArray[np.float64]
    bone_mm: PathMap
    bodies_mm: dict[str, PathMap]


def cast_shadow(limb: Limb, view: Motion, projector: Projector, energy_kev: float, seed: int) -> Shadow:
    """Add up attenuation along each ray (Beer-Lambert)."""
    return Caster(view, projector, energy_kev, seed).shadow(limb)


class Caster:
    """Casts the shadows of a limb before and after it is altered; what both have in common is followed once.

    Parameters
    ----------
    view
        How the limb is turned towards the rays.
    projector
        Source and detector.
    energy_kev
        Effective energy of the beam.
    seed
        Seed of the texture of spongy bone and muscle.
    """

    def __init__(self, view: Motion, projector: Projector, energy_kev: float, seed: int) -> None:
        self._view, self._projector = view, projector
        self._mu = {material: linear_attenuation(material, energy_kev) for material in Material}
        shape = (projector.rows, projector.columns)
        self._density = trabecular_density(shape, projector.pitch_mm, seed)
        self._fibre = strands(shape, projector.pitch_mm, seed)
        self._flesh: dict[tuple[Flesh, ...], NDArray[np.float64]] = {}
        self._bones: dict[tuple[int, ...], tuple[Sequence[Bone], NDArray[np.float64]]] = {}

    def pair(self, healthy: Limb, altered: Limb) -> tuple[Shadow, Shadow]:
        """Cast the shadows of a limb before and after it is altered."""
        if altered is healthy:
            return (shadow := self._cast(healthy, set())), shadow
        kept = {id(bone) for bone in healthy.bones} & {id(bone) for bone in altered.bones}
        return self._cast(healthy, kept), self._cast(altered, kept)

    def shadow(self, limb: Limb) -> Shadow:
        """Cast the shadow of one limb."""
        return self._cast(limb, set())

    def shade(self, surface: Surface) -> PathMap:
        """Path of each ray through a solid of the limb's space."""
        return self._projector.path_length(surface.mapped(self._view))

    def silhouette(self, surface: Surface) -> Mask:
        """Pixels that a solid of the limb's space covers, even in part; one thinner than a pixel included."""
        covered = self.shade(surface) > 0
        places = np.floor(self._projector.shadow(self._view(surface.vertices))).astype(int)
        inside = ((places >= 0) & (places < (self._projector.columns, self._projector.rows))).all(axis=1)
        covered[places[inside, 1], places[inside, 0]] = True
        return covered

    def _cast(self, limb: Limb, kept: set[int]) -> Shadow:
        mu = self._mu
        soft = self._soft(limb.flesh)
        parts = [
            self._bone_paths([bone for bone in limb.bones if (id(bone) in kept) is known]) for known in (True, False)
        ]
        outer, inner, cavity = parts[0] + parts[1]
        spongy, cavity = np.maximum(inner - cavity, 0.0), np.minimum(cavity, inner)
        # Struts come and go, the marrow between them does not.
        grain = _GRAIN * (self._density - 1.0) * np.sqrt(_GRAIN_MM / (_GRAIN_MM + spongy))  # layers of struts even out
        struts = mu[Material.FAT] + (mu[Material.SPONGY_BONE] - mu[Material.FAT]) * (1.0 + grain)
        attenuation = soft + mu[Material.CORTICAL_BONE] * np.maximum(outer - inner, 0.0)
        attenuation += struts * spongy + mu[Material.FAT] * cavity - mu[Material.SOFT_TISSUE] * outer
        bodies: dict[str, PathMap] = {}
        for body in limb.bodies:
            path = self.shade(body.surface)
            attenuation += (mu[body.material] - (mu[body.replaces] if body.replaces else 0.0)) * path
            bodies[body.name] = bodies[body.name] + path if body.name in bodies else path
        return Shadow(np.maximum(attenuation, 0.0), soft, outer, bodies)

    def _soft(self, flesh: tuple[Flesh, ...]) -> NDArray[np.float64]:
        """Attenuation of skin, fat and muscle."""
        if flesh not in self._flesh:
            mu, coarse = self._mu, replace(self._projector, samples=1)
            usual = float(np.median([part.start_radius for part in flesh]))
            grid = flesh_grid(flesh, 8.0, float(np.clip(_FLESH_VOXEL * usual, *_FLESH_VOXELS_MM)))
            fat = float(np.mean([part.fat_mm for part in flesh]))
            whole, muscle, deep = (
                coarse.path_length(grid.surface(inset).mapped(self._view)) for inset in (0.0, fat, 1.3)
            )
            self._flesh[flesh] = mu[Material.FAT] * np.maximum(deep - muscle, 0.0) + mu[Material.SOFT_TISSUE] * (
                np.maximum(whole - deep, 0.0) + muscle * (1.0 + _FIBRE * self._fibre)
            )
        return self._flesh[flesh]

    def _bone_paths(self, bones: Sequence[Bone]) -> NDArray[np.float64]:
        """Paths through bones, inside their cortex, and through their cavities, shape (3, rows, columns)."""
        key = tuple(id(bone) for bone in bones)
        if key not in self._bones:
            seen = [bone for bone in bones if self._in_sight(bone.whole)]
            paths = [
                self._projector.path_length(joined(getattr(bone, part) for bone in seen).mapped(self._view))
                for part in ("whole", "inner", "cavity")
            ]
            self._bones[key] = bones, np.stack(paths)  # holding the bones keeps their ids theirs
        return self._bones[key][1]

    def _in_sight(self, surface: Surface) -> bool:
        """Whether a solid's box meets the field of the detector."""
        if len(surface.vertices) == 0:
            return False
        low, high = bounds(surface.vertices)
        box = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
        seen = self._projector.shadow(self._view(box))
        limits = np.array([self._projector.columns, self._projector.rows])
        return bool((seen.max(axis=0) > 0).all() and (seen.min(axis=0) < limits).all())


@dataclass(frozen=True)
class Display:
    """What a limb's slow changes and its densest bone are shown as; taken from the healthy limb.

    An abnormality then changes the pixels where it is, but for the blur, and no others.

    Parameters
    ----------
    veil
        Scattered light for each pixel, shape (rows, columns), float64 >= 0, relative to the unattenuated beam.
    thick
        Slow attenuation that is evened out, same shape, float64 >= 0, without unit.
    low, high
        Evened attenuation shown black and white.
    """

    veil: NDArray[np.float64]
    thick: NDArray[np.float64]
    low: float
    high: float


def display_of(healthy: Shadow, beam: Beam) -> Display:
    """Choose how a limb is displayed."""
    slow_px = max(healthy.soft.shape) / 12
    base = np.exp(-healthy.attenuation)
    veil = beam.scatter * np.minimum(_slow(base, slow_px), 0.5)
    seen = -np.log(base + veil)
    limb = (healthy.soft > 0.04).astype(np.float64)  # air is given what the limb nearest to it is given
    level = np.minimum(seen, _METAL) * limb
    mean = float(level.sum() / max(limb.sum(), 1.0))
    thick = (_slow(level, slow_px) + 1e-3 * mean) / (_slow(limb, slow_px) + 1e-3)
    even = seen - beam.evening * thick
    skin = (healthy.soft > 0.04) & (healthy.soft < 0.35)
    bone = healthy.bone_mm > 0.6
    dark = float(np.percentile(even[skin], 15)) if skin.any() else float(even.min())
    bright = float(np.percentile(even[bone], 99)) if bone.any() else float(even.max())
    step = max(bright - dark, 0.3) / (beam.high - beam.low)
    return Display(veil, thick, dark - beam.low * step, dark + (1.0 - beam.low) * step)


def develop(shadow: Shadow, beam: Beam, seed: int, display: Display | None = None) -> NDArray[np.float64]:
    """Expose the detector and show the result.

    Parameters
    ----------
    shadow
        What the rays cross.
    beam
        Exposure.
    seed
        Seed of the quantum noise.
    display
        Display of the healthy limb; None takes the limb itself for healthy.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float64 in [0, 1], bright = dense.
    """
    display = display or display_of(shadow, beam)
    signal = _blurred(np.exp(-shadow.attenuation), beam.blur_px) + display.veil
    grain = _blurred(np.random.default_rng(seed).standard_normal(signal.shape), 0.5)  # pixels share some light
    counted = np.maximum(signal + grain * np.sqrt(signal / beam.photons), 1.0 / beam.photons)
    seen = -np.log(counted)
    even = seen + beam.sharpening * (seen - _blurred(seen, SHARPENED_PX)) - beam.evening * display.thick
    return film_curve((even - display.low) / (display.high - display.low))


def _blurred(values: NDArray[np.float64], sigma_px: float) -> NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float64)


def _slow(values: NDArray[np.float64], sigma_px: float) -> NDArray[np.float64]:
    """Blur widely, on a quarter of the rows and columns."""
    rows, columns = values.shape
    small = cv2.resize(values, (max(1, columns // 4), max(1, rows // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / 4, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float64)
