"""A limb with an abnormality, and what an abnormality needs to know about the limb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.abnormalities.course import Course, Vector, follow
from densexplain.phantom.abnormalities.joints import Joint, find_joints, root_of
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Limb
from densexplain.phantom.solids.surface import Surface


@dataclass(frozen=True)
class Altered:
    """A limb with an abnormality.

    Parameters
    ----------
    limb
        All of it.
    sites
        Closed solids in the space of the limb; their shadow holds what is to be seen.
    record
        Kind, bone or bones, severity and measures; fit for JSON.
    """

    limb: Limb
    sites: tuple[Surface, ...]
    record: dict[str, object]


@dataclass(frozen=True)
class Setting:
    """Where an abnormality may lie, and how conspicuous it is.

    Parameters
    ----------
    limb
        At rest.
    names
        Bones that it may lie on.
    severity
        0 hardly visible to 1 plain.
    rng
        Source of chance. What is chosen is drawn before what severity scales, so
        that a seed means the same bone at each severity.
    focus
        Place near which abnormalities of a long bone lie, shape (3,), float64, millimetres.
    field
        Least and greatest x and y of the field of view, shape (2, 2), float64, millimetres; None if unknown.
    """

    limb: Limb
    names: tuple[str, ...]
    severity: float
    rng: np.random.Generator
    focus: Vector
    field: NDArray[np.float64] | None = None

    @cached_property
    def root(self) -> Vector:
        """Place where the limb begins."""
        return root_of(self.limb)

    @cached_property
    def joints(self) -> tuple[Joint, ...]:
        """All joints of the limb."""
        return find_joints(self.limb, self.root)

    @cached_property
    def courses(self) -> dict[str, Course]:
        """Course of each bone that the abnormality may lie on."""
        return {name: follow(self.limb.bone(name), self.root) for name in self.names}

    def scaled(self, slight: float, plain: float) -> float:
        """Measure between its values at severity 0 and 1."""
        return slight + (plain - slight) * self.severity

    def chance(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw evenly between two values."""
        return float(self.rng.uniform(low, high))

    def seen(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether places lie in the field of view; all do if it is unknown.

        Parameters
        ----------
        places
            Shape (count, 3), float64, millimetres.

        Returns
        -------
        numpy.ndarray
            Shape (count,), bool.
        """
        if self.field is None:
            return np.ones(len(places), bool)
        return np.asarray(((places[:, :2] > self.field[0]) & (places[:, :2] < self.field[1])).all(axis=1))

    def choose_bone(self, slenderness: float) -> Bone:
        """Draw a bone that is at least so much longer than wide, long ones more often; or else the most slender one."""
        ratio = {name: c.slenderness for name, c in self.courses.items() if self.seen(c.centres).mean() > 0.25}
        ratio = ratio or {name: course.slenderness for name, course in self.courses.items()}
        fit = [name for name, value in ratio.items() if value >= slenderness]
        names = fit or [max(ratio, key=lambda name: ratio[name])]
        length = np.array([min(self.courses[name].length_mm, 80.0) for name in names])
        return self.limb.bone(names[int(self.rng.choice(len(names), p=length / length.sum()))])

    def choose_joint(self, fit: Callable[[Joint], bool] = lambda joint: True) -> Joint:
        """Draw a joint between bones that the abnormality may lie on, one that fits if there is any.

        Where no two of those bones meet, the joint may reach beyond them; where no
        bones meet at all, the two that lie nearest are taken to.
        """
        inside = [j for j in self.joints if j.near in self.names and j.far in self.names]
        partly = [j for j in self.joints if j.near in self.names or j.far in self.names]
        for group in (inside, partly, list(self.joints)):
            group = [j for j in group if self.seen(j.place[None])[0]]
            good = [j for j in group if j.in_line and fit(j)] or [j for j in group if j.in_line] or group
            if good:
                return good[int(self.rng.integers(len(good)))]
        return (self.joints or find_joints(self.limb, self.root, reach_mm=1e6))[0]

    def place_along(self, course: Course, spread_mm: float = 25.0, margin: float = 0.12) -> float:
        """Draw a place along a bone, millimetres from its near end; in the field, and near the focus in a long bone."""
        share = self.chance(-1.0, 1.0)
        low, high = margin * course.length_mm, (1.0 - margin) * course.length_mm
        seen = course.stations[self.seen(course.centres)]
        if len(seen):
            low, high = np.clip([seen[0], seen[-1]], low, high)
        if high - low < 2.5 * spread_mm:
            return (low + high) / 2.0 + share * (high - low) / 2.0
        middle = float((self.focus - course.start) @ course.direction)
        middle = min(max(middle, low + spread_mm / 2), high - spread_mm / 2)
        return min(max(middle + share * spread_mm, low), high)


def waves(rng: np.random.Generator, length_mm: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Make smooth noise that varies over about `length_mm`.

    Returns
    -------
    Callable
        From places, shape (count, 3), float64, millimetres, to noise, shape (count,), float64, about -1 to 1.
    """
    directions = rng.standard_normal((5, 3)) * 2.0 * np.pi / (length_mm * 1.7)
    phases = rng.uniform(0.0, 2.0 * np.pi, 5)

    def noise(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.sin(places @ directions.T + phases).mean(axis=1) * 1.6, np.float64)

    return noise


def plain(values: Sequence[float] | Vector) -> list[float]:
    """Numbers for a record."""
    return [round(float(value), 3) for value in values]
