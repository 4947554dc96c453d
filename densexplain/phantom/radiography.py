"""Take a radiograph of a limb."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.exposure import film_curve
from densexplain.phantom.limb import Limb, flesh_grid
from densexplain.phantom.materials import Material, linear_attenuation
from densexplain.phantom.path_length import PathMap
from densexplain.phantom.projection import Projector
from densexplain.phantom.surface import Motion, joined
from densexplain.phantom.texture_bank import strands, trabecular_density


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
        Scattered light beside the primary light behind the soft tissue.
    blur_px
        Standard deviation of focus and detector together.
    evening
        Share of the soft tissue's slow changes that is taken out before display.
    contrast_mm
        Cortical bone over the soft tissue that is shown nearly white.
    """

    energy_kev: float = 40.0
    photons: float = 40_000.0
    scatter: float = 0.05
    blur_px: float = 0.7
    evening: float = 0.55
    contrast_mm: float = 13.0


@dataclass(frozen=True)
class Shadow:
    """What the rays cross.

    Parameters
    ----------
    attenuation
        Line integral for each pixel, no unit, >= 0.
    soft
        That of the soft tissue alone, as if there were nothing else.
    bone_mm
        Path through bone.
    bodies_mm
        Path through each foreign body, by name.
    """

    attenuation: NDArray[np.float64]
    soft: NDArray[np.float64]
    bone_mm: PathMap
    bodies_mm: dict[str, PathMap]


def cast_shadow(limb: Limb, view: Motion, projector: Projector, energy_kev: float, seed: int) -> Shadow:
    """Add up attenuation along each ray (Beer-Lambert)."""
    mu = {material: linear_attenuation(material, energy_kev) for material in Material}
    coarse = replace(projector, samples=1)
    grid = flesh_grid(limb.flesh, 8.0, 3.0)
    fat = float(np.mean([part.fat_mm for part in limb.flesh]))
    whole, muscle, deep = (coarse.path_length(grid.surface(inset).mapped(view)) for inset in (0.0, fat, 1.3))
    shape = (projector.rows, projector.columns)
    fibre = strands(shape, projector.pitch_mm, seed)
    soft = mu[Material.FAT] * np.maximum(deep - muscle, 0.0) + mu[Material.SOFT_TISSUE] * (
        np.maximum(whole - deep, 0.0) + muscle * (1.0 + 0.012 * fibre)
    )
    outer, inner, cavity = (
        projector.path_length(joined(getattr(bone, part) for bone in limb.bones).mapped(view))
        for part in ("whole", "inner", "cavity")
    )
    density = trabecular_density(shape, projector.pitch_mm, seed)
    spongy = np.maximum(inner - cavity, 0.0)
    soft_mu, spongy_mu = mu[Material.SOFT_TISSUE], mu[Material.SPONGY_BONE]
    attenuation = soft + mu[Material.CORTICAL_BONE] * np.maximum(outer - inner, 0.0) - soft_mu * outer
    # Struts come and go, the marrow between them does not.
    attenuation += (mu[Material.FAT] + (spongy_mu - mu[Material.FAT]) * density) * spongy + mu[Material.FAT] * cavity
    bodies: dict[str, PathMap] = {}
    for body in limb.bodies:
        path = projector.path_length(body.surface.mapped(view))
        attenuation += (mu[body.material] - (mu[body.replaces] if body.replaces else 0.0)) * path
        bodies[body.name] = bodies[body.name] + path if body.name in bodies else path
    return Shadow(np.maximum(attenuation, 0.0), soft, outer, bodies)


def develop(shadow: Shadow, beam: Beam, seed: int) -> NDArray[np.float64]:
    """Expose the detector and show the result, float64 in [0, 1], bright = dense.

    Scatter and the evening of thick and thin go by the soft tissue alone, so that
    what a finding changes stays where the finding is, but for the blur.
    """
    slow_px = max(shadow.soft.shape) / 14
    base = np.exp(-shadow.soft)
    veil = beam.scatter * np.minimum(_slow(base, slow_px), 0.5)
    signal = _blurred(np.exp(-shadow.attenuation), beam.blur_px) + veil
    grain = _blurred(np.random.default_rng(seed).standard_normal(signal.shape), 0.5)  # pixels share some light
    counted = np.maximum(signal + grain * np.sqrt(signal / beam.photons), 1.0 / beam.photons)
    seen = -np.log(counted)
    thick = _slow(-np.log(base + veil), slow_px)
    even = seen - beam.evening * thick
    flesh = shadow.soft > 0.05
    middle = float(np.median(thick[flesh])) * (1.0 - beam.evening) if flesh.any() else 1.0
    low = -0.06 - 0.25 * beam.evening * middle
    high = middle + beam.contrast_mm * (
        linear_attenuation(Material.CORTICAL_BONE, beam.energy_kev)
        - linear_attenuation(Material.SOFT_TISSUE, beam.energy_kev)
    )
    return film_curve((even - low) / (high - low))


def _blurred(values: NDArray[np.float64], sigma_px: float) -> NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float64)


def _slow(values: NDArray[np.float64], sigma_px: float) -> NDArray[np.float64]:
    """Blur widely, on a quarter of the rows and columns."""
    rows, columns = values.shape
    small = cv2.resize(values, (max(1, columns // 4), max(1, rows // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / 4, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float64)
