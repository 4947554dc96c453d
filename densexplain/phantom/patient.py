"""How one patient differs from the mean: size, side, and bones that are bent a little."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Limb
from densexplain.phantom.solids.surface import Motion, Vectors

_SIZE_SPREAD = 0.07
_SIZES = (0.84, 1.16)
"""Standard deviation and limits of the size of adults of both sexes beside their mean."""

_WAVES = 5
_WAVELENGTHS_MM = (60.0, 240.0)
_BENT_MM = 1.5


@dataclass(frozen=True)
class Patient:
    """One draw from the adults of both sexes.

    Parameters
    ----------
    size
        Size relative to the mean; soft tissue grows along with it.
    mirrored
        Whether it is the other side's limb.
    waves
        Wave vectors of the bend of space, shape (waves, 3), float64, radians per millimetre.
    shifts
        How far each wave moves a place, shape (waves, 3), float64, millimetres; their
        lengths sum to 1.5 mm at most.
    phases
        Phases of the waves, shape (waves,), float64, radians.
    """

    size: float
    mirrored: bool
    waves: NDArray[np.float64]
    shifts: NDArray[np.float64]
    phases: NDArray[np.float64]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Patient:
        """Draw a patient at random."""
        lengths = rng.uniform(*_WAVELENGTHS_MM, (_WAVES, 1))
        amounts = rng.uniform(0.3, 1.0, (_WAVES, 1)) * _BENT_MM / _WAVES
        return cls(
            float(np.clip(rng.normal(1.0, _SIZE_SPREAD), *_SIZES)),
            bool(rng.random() < 0.5),
            _directions(rng) * 2 * np.pi / lengths,
            _directions(rng) * amounts,
            rng.uniform(0.0, 2 * np.pi, _WAVES),
        )

    def own(self, limb: Limb) -> Limb:
        """Make a mean limb this patient's."""
        limb = limb.mapped(self._bent)
        limb = replace(
            limb,
            flesh=tuple(
                replace(p, start_radius=p.start_radius * self.size, end_radius=p.end_radius * self.size)
                for p in limb.flesh
            ),
        )
        return _unturned_limb(limb) if self.mirrored else limb

    def own_motion(self, motion: Motion) -> Motion:
        """Turn this patient's limb as the motion turns a mean one; the other side's limb the other way."""
        side = self._side

        def turned(places: Vectors) -> Vectors:
            own = places * side
            own /= self.size
            own = np.asarray(motion(own), np.float64)
            own *= side
            own *= self.size
            return own

        return turned

    @property
    def _side(self) -> NDArray[np.float64]:
        """Which way each axis runs; x is reversed for the other side's limb."""
        return np.array([-1.0 if self.mirrored else 1.0, 1.0, 1.0])

    def _bent(self, places: Vectors) -> Vectors:
        waves = places @ self.waves.T
        waves += self.phases
        moved = np.sin(waves, out=waves) @ self.shifts
        moved += places
        moved *= self.size * self._side
        return np.asarray(moved, np.float64)


def _unturned_limb(limb: Limb) -> Limb:
    """Turn the surfaces of a limb that a reflection has turned inside out: counter-clockwise from outside again."""
    return replace(
        limb,
        bones=tuple(_unturned_bone(bone) for bone in limb.bones),
        bodies=tuple(replace(body, surface=body.surface.turned()) for body in limb.bodies),
    )


def _unturned_bone(bone: Bone) -> Bone:
    return replace(bone, whole=bone.whole.turned(), inner=bone.inner.turned(), cavity=bone.cavity.turned())


def _directions(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw unit vectors, shape (waves, 3)."""
    vectors = rng.standard_normal((_WAVES, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float64)
