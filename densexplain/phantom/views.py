"""How each extremity is turned towards the rays and what is collimated, as a radiographer positions it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from densexplain.phantom.patient import Patient
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.skeleton.arm import ArmPose, build_elbow, build_forearm, build_humerus, build_shoulder
from densexplain.phantom.skeleton.forearm_bones import ELBOW_Y_MM, ELBOW_Z_MM
from densexplain.phantom.skeleton.hand import HandPose, build_hand
from densexplain.phantom.skeleton.limb import Limb, chained, shift, turn
from densexplain.phantom.solids.surface import Motion, Place, Vectors, as_place
from densexplain.vocabulary import ExtremityType, Projection

_TILT_DEGREES = 8.0
"""Most that a limb is turned about each axis away from where it should lie."""

_MARGINS = (0.9, 1.15)
"""Least and most of the usual field that is collimated."""

_OFF_CENTRE = 0.05
"""Most that the field lies beside its middle, in parts of its edges."""

_REACH_MM = 25.0
"""Bones and soft tissue further than this outside the field are left out."""

Build = Callable[[np.random.Generator, float], tuple[Limb, Motion]]
"""From a draw and a turn about the length, degrees, to the limb and its motion: upright, its middle at the origin."""


@dataclass(frozen=True)
class View:
    """One clinical projection of one extremity.

    Parameters
    ----------
    build
        Puts the limb together in a pose that is drawn within the clinical range.
    angle
        How far the limb is turned about its length, degrees; 0 is frontal.
    field_mm
        Usual height and width of the field.
    """

    build: Build
    angle: float
    field_mm: tuple[float, float]


@dataclass(frozen=True)
class Framing:
    """What the rays fall on.

    Parameters
    ----------
    motion
        Carries the limb in front of the detector; what `cast_shadow` calls view.
        Soft tissue is flat across the limb's own z, so that the limb itself is
        not turned.
    centre
        x and y of the middle of the field, millimetres, after the motion.
    field_mm
        Height and width of the field.
    """

    motion: Motion
    centre: tuple[float, float]
    field_mm: tuple[float, float]

    def projector(self, rows: int, samples: int = 2) -> Projector:
        """Make the rays of an image of this field; its pixels are square."""
        pitch = self.field_mm[0] / rows
        columns = max(1, round(self.field_mm[1] / pitch))
        crossing = (rows / 2 - self.centre[1] / pitch, columns / 2 - self.centre[0] / pitch)
        return Projector(rows, columns, pitch, crossing, samples=samples)


def pose_limb(
    extremity: ExtremityType, projection: Projection, patient: Patient, rng: np.random.Generator
) -> tuple[Limb, Framing]:
    """Put a patient's limb in front of the detector.

    Parameters
    ----------
    extremity, projection
        Which radiograph.
    patient
        Whose.
    rng
        Pose and positioning are drawn from it.

    Returns
    -------
    tuple
        The limb in its own axes, with what lies near the field only, and how it
        is seen: `cast_shadow(limb, framing.motion, framing.projector(rows), ...)`.
    """
    view = VIEWS[extremity, projection]
    limb, motion = view.build(rng, view.angle)
    tilts = rng.uniform(-_TILT_DEGREES, _TILT_DEGREES, 3)
    axes: tuple[Place, ...] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    motion = chained(
        patient.own_motion(motion), *(turn(float(tilt), axis) for tilt, axis in zip(tilts, axes, strict=True))
    )
    height, width = np.array(view.field_mm) * patient.size * rng.uniform(*_MARGINS, 2)
    across, down = rng.uniform(-_OFF_CENTRE, _OFF_CENTRE, 2) * (width, height)
    framing = Framing(motion, (float(across), float(down)), (float(height), float(width)))
    return _near(patient.own(limb), framing), framing


def _near(limb: Limb, framing: Framing) -> Limb:
    """Leave out what lies far outside the field."""
    middle = np.array(framing.centre)
    half = np.array(framing.field_mm[::-1]) / 2 + _REACH_MM

    def seen(places: Vectors, radius: float = 0.0) -> bool:
        moved = framing.motion(places)[:, :2] - middle
        return bool(((moved.min(axis=0) - radius < half) & (moved.max(axis=0) + radius > -half)).all())

    return replace(
        limb,
        bones=tuple(bone for bone in limb.bones if seen(bone.whole.vertices[::20])),
        flesh=tuple(
            part
            for part in limb.flesh
            if seen(np.array([part.start, part.end]), max(part.start_radius, part.end_radius))
        ),
    )


def _upright(focus: Place, angle: float, *before: Motion) -> Motion:
    """Carry a place to the origin and turn about the limb's length."""
    return chained(shift((-focus[0], -focus[1], -focus[2])), *before, turn(angle, (0, 1, 0)))


def _relaxed(rng: np.random.Generator, most: float) -> tuple[tuple[float, float, float], ...]:
    """Bends of the five rays, each joint up to `most` degrees."""
    return tuple((float(a), float(b), float(c)) for a, b, c in rng.uniform(0.0, most, (5, 3)))


def _hand(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Hand flat on the detector, or turned on its ulnar side with the fingers fanned."""
    flexion = _relaxed(rng, 8.0 + 0.12 * abs(angle))
    if abs(angle) > 60.0:
        fan = rng.uniform(4.0, 10.0) * np.array([0.0, 4.0, 2.7, 1.3, 0.0])
        flexion = tuple((knuckle + float(more), a, b) for (knuckle, a, b), more in zip(flexion, fan, strict=True))
    spread = rng.uniform(-5.0, 5.0, 5) + rng.uniform(-0.2, 0.9) * np.array([-6.0, -5.0, 0.0, 5.0, 9.0])
    pose = HandPose(flexion, tuple(map(float, spread)), float(rng.uniform(40, 60)), float(rng.uniform(-8.0, 8.0)))
    return build_hand(pose), _upright((2.0, -76.0, 0.0), angle)


def _finger(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """One finger; in a lateral radiograph the others are bent out of the way."""
    ray = int(rng.integers(1, 6))
    flexion = list(_relaxed(rng, 12.0))
    if abs(angle) > 60.0 and ray > 1:
        folded = rng.uniform((60.0, 60.0, 20.0), (85.0, 95.0, 50.0), (5, 3))
        bends = ((float(a), float(b), float(c)) for a, b, c in folded)
        flexion = [(10.0, 0.0, 10.0), *list(bends)[1:]]
        flexion[ray - 1] = (5.0, 8.0, 5.0)
    # The thumb is turned about its own length: the hand lies otherwise for each of its projections.
    roll = -30.0 - angle if ray == 1 else float(rng.uniform(40.0, 60.0))
    spread = tuple(map(float, rng.uniform(-4.0, 4.0, 5) + np.array([-6.0, -4.0, 0.0, 4.0, 8.0])))
    limb = build_hand(HandPose(flexion, spread, roll))
    first, last = limb.bone(f"proximal phalanx {ray}"), limb.bone(f"distal phalanx {ray}")
    middle = first.landmarks["near" if ray == 1 else "far"]
    along = np.subtract(first.landmarks["near"], last.landmarks["far"])
    lean = float(np.degrees(np.arctan2(along[0], along[1])))
    return limb, _upright(middle, 0.0 if ray == 1 else angle, turn(lean, (0, 0, 1)))


def _wrist(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Wrist with a loose fist, or straight on its ulnar side."""
    pose = HandPose(_relaxed(rng, 25.0), thumb_roll=50.0, deviation=float(rng.uniform(-12.0, 18.0)))
    return build_hand(pose), _upright((4.0, -4.0, 0.0), angle)


_ELBOW_UP = turn(180.0, (1, 0, 0))
"""The front to the tube, the shoulder's end up."""


def _forearm(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Forearm from the back, or on its ulnar side with the elbow bent."""
    lateral = abs(angle) > 60.0
    flexion = rng.uniform(70.0, 95.0) if lateral else rng.uniform(0.0, 10.0)
    pose = ArmPose(float(flexion), pronation=float(rng.uniform(0.0, 15.0)))
    return build_forearm(pose), _upright((4.0, 122.0, 0.0), angle, _ELBOW_UP)


def _elbow(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Elbow extended, turned to either side, or bent at a right angle."""
    lateral = abs(angle) > 60.0
    flexion = rng.uniform(80.0, 100.0) if lateral else rng.uniform(0.0, 12.0)
    pose = ArmPose(float(flexion), pronation=float(rng.uniform(0.0, 20.0)))
    side = 1.0 if lateral or rng.random() < 0.5 else -1.0
    focus = (4.0, ELBOW_Y_MM, ELBOW_Z_MM + (14.0 if lateral else 0.0))
    return build_elbow(pose), _upright(focus, side * angle, _ELBOW_UP)


def _humerus(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Upper arm with the shoulder up; the arm is turned inwards, not the body."""
    pose = ArmPose(
        flexion=float(rng.uniform(0.0, 15.0)),
        abduction=float(rng.uniform(8.0, 25.0)),
        rotation=float(rng.uniform(-10.0, 10.0)) - angle,
    )
    lean = 6.0 - pose.abduction
    middle = turn(-pose.abduction, (0, 0, 1))(np.array([[10.0, -140.0, 0.0]]))[0]
    return build_humerus(pose), _upright(as_place(middle), 0.0, turn(-lean, (0, 0, 1)), _ELBOW_UP)


def _shoulder(rng: np.random.Generator, angle: float) -> tuple[Limb, Motion]:
    """Shoulder from the front with the arm turned out or in, along the joint line, or along the blade."""
    lateral = abs(angle) > 50.0
    inwards = lateral or rng.random() < 0.5
    rotation = rng.uniform(-80.0, -40.0) if inwards else rng.uniform(-15.0, 25.0)
    pose = ArmPose(abduction=float(rng.uniform(2.0, 20.0)), rotation=float(rotation))
    focus = (18.0, -14.0, -8.0) if lateral else (28.0, -18.0, -4.0)
    return build_shoulder(pose, chest=not lateral), _upright(focus, angle, _ELBOW_UP)


_E, _P = ExtremityType, Projection

VIEWS: dict[tuple[ExtremityType, Projection], View] = {
    (_E.HAND, _P.FRONTAL): View(_hand, 0.0, (250.0, 180.0)),
    (_E.HAND, _P.OBLIQUE): View(_hand, -45.0, (250.0, 160.0)),
    (_E.HAND, _P.LATERAL): View(_hand, -90.0, (250.0, 150.0)),
    (_E.FINGER, _P.FRONTAL): View(_finger, 0.0, (135.0, 80.0)),
    (_E.FINGER, _P.OBLIQUE): View(_finger, -45.0, (135.0, 80.0)),
    (_E.FINGER, _P.LATERAL): View(_finger, -90.0, (130.0, 75.0)),
    (_E.WRIST, _P.FRONTAL): View(_wrist, 0.0, (165.0, 115.0)),
    (_E.WRIST, _P.OBLIQUE): View(_wrist, -45.0, (165.0, 110.0)),
    (_E.WRIST, _P.LATERAL): View(_wrist, -90.0, (165.0, 100.0)),
    (_E.FOREARM, _P.FRONTAL): View(_forearm, 0.0, (335.0, 140.0)),
    (_E.FOREARM, _P.OBLIQUE): View(_forearm, 45.0, (335.0, 135.0)),
    (_E.FOREARM, _P.LATERAL): View(_forearm, 90.0, (330.0, 140.0)),
    (_E.ELBOW, _P.FRONTAL): View(_elbow, 0.0, (190.0, 135.0)),
    (_E.ELBOW, _P.OBLIQUE): View(_elbow, 45.0, (190.0, 135.0)),
    (_E.ELBOW, _P.LATERAL): View(_elbow, 90.0, (180.0, 170.0)),
    (_E.HUMERUS, _P.FRONTAL): View(_humerus, 0.0, (380.0, 155.0)),
    (_E.HUMERUS, _P.OBLIQUE): View(_humerus, 45.0, (380.0, 155.0)),
    (_E.HUMERUS, _P.LATERAL): View(_humerus, 90.0, (380.0, 155.0)),
    (_E.SHOULDER, _P.FRONTAL): View(_shoulder, 0.0, (195.0, 195.0)),
    (_E.SHOULDER, _P.OBLIQUE): View(_shoulder, 35.0, (185.0, 185.0)),
    (_E.SHOULDER, _P.LATERAL): View(_shoulder, -57.0, (210.0, 170.0)),
}
"""Every extremity in every projection."""
