"""The arm, lateral at smaller x, front at greater z: forearm and elbow with the humerus, and the humerus alone.

y runs from the hand to the shoulder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.forearm_bones import ELBOW_Y_MM, ELBOW_Z_MM, radius, ulna
from densexplain.phantom.skeleton.hand import build_hand, forearm_flesh
from densexplain.phantom.skeleton.limb import Flesh, Limb, chained, shift, turn
from densexplain.phantom.skeleton.rib_bones import ribs
from densexplain.phantom.skeleton.shoulder_bones import ON_THE_CHEST, clavicle, scapula
from densexplain.phantom.skeleton.upper_arm_bones import HEAD_CENTRE, LEAN, humerus
from densexplain.phantom.solids.surface import Motion

_ELBOW = (0.0, ELBOW_Y_MM, ELBOW_Z_MM)

_ULNAR_HEAD = (19.3, 9.6, 0.5)
_RADIAL_HEAD = (-9.0, 233.0, ELBOW_Z_MM)


@dataclass(frozen=True)
class ArmPose:
    """How the arm is held; all zero is the anatomical position.

    Parameters
    ----------
    flexion
        Bend of the elbow, degrees, 0 to 130.
    pronation
        Turn of radius and hand about the ulna, degrees, 0 to 90.
    abduction
        Abduction of the arm at the shoulder, degrees, 0 to 60.
    rotation
        Rotation of the arm at the shoulder about its length, degrees, outwards above zero.
    """

    flexion: float = 0.0
    pronation: float = 0.0
    abduction: float = 0.0
    rotation: float = 0.0


def build_elbow(pose: ArmPose | None = None) -> Limb:
    """Put forearm and humerus together; the humerus stays where it is when the elbow bends."""
    pose = pose or ArmPose()
    forearm = Limb((_pronated(radius(), pose), ulna()), _forearm_flesh()).mapped(_bent(pose.flexion))
    return Limb((*forearm.bones, humerus().mapped(shift(_ELBOW))), (*forearm.flesh, *_upper_arm_flesh()))


def build_forearm(pose: ArmPose | None = None) -> Limb:
    """Put the forearm between wrist and elbow together; the forearm stays where it is when the elbow bends."""
    pose = pose or ArmPose()
    hand = build_hand()
    turned = tuple(_pronated(bone, pose) for bone in hand.bones if bone.name != "ulna")
    turned = tuple(bone for bone in turned if "phalanx" not in bone.name)
    upper = Limb((humerus().mapped(shift(_ELBOW)),), _upper_arm_flesh()).mapped(_bent(-pose.flexion))
    pronate = _pronation(pose.pronation)
    palm = Limb((), hand.flesh[: -len(forearm_flesh())]).mapped(pronate).flesh
    return Limb((*turned, ulna(), *upper.bones), (*palm, *_forearm_flesh(), *upper.flesh))


def build_humerus(pose: ArmPose | None = None) -> Limb:
    """Put the arm together from the shoulder to below the elbow; the middle of the humerus's head is the origin."""
    return build_shoulder(pose)


def build_shoulder(pose: ArmPose | None = None, *, chest: bool = True) -> Limb:
    """Put arm, shoulder and upper chest together; the middle of the humerus's head is the origin.

    Parameters
    ----------
    pose
        Pose of the arm.
    chest
        Whether the soft tissue of blade, chest and neck lies where it does; seen
        along the blade it would hide the bones, and a thin curtain stands for it.
    """
    pose = pose or ArmPose()
    x, y, z = HEAD_CENTRE
    arm = build_elbow(pose).mapped(shift((-x, -ELBOW_Y_MM - y, -ELBOW_Z_MM - z)))
    arm = arm.mapped(chained(turn(pose.rotation, (LEAN, -1, 0)), turn(-pose.abduction, (0, 0, 1))))
    bones = (*arm.bones, scapula(), clavicle(), *ribs())
    return Limb(bones, (*arm.flesh, *_shoulder_flesh(), *(_chest_flesh() if chest else _curtain())))


def _bent(flexion: float) -> Motion:
    return turn(-flexion, (1, 0, 0), _ELBOW)


def _pronation(degrees: float) -> Motion:
    """Turn about the line from the head of the radius to the head of the ulna."""
    axis = (_ULNAR_HEAD[0] - _RADIAL_HEAD[0], _ULNAR_HEAD[1] - _RADIAL_HEAD[1], _ULNAR_HEAD[2] - _RADIAL_HEAD[2])
    return turn(-degrees, axis, _RADIAL_HEAD)


def _pronated(bone: Bone, pose: ArmPose) -> Bone:
    return bone.mapped(_pronation(pose.pronation))


def _forearm_flesh() -> tuple[Flesh, ...]:
    """Soft tissue from the wrist to the elbow, ending where the joint bends."""
    return (*forearm_flesh()[:-1], Flesh((1.0, 195.0, 0.0), (2.0, 240.0, 0.0), 43.0, 40.0, 0.86))


def _upper_arm_flesh() -> tuple[Flesh, ...]:
    """Soft tissue from the elbow to the shoulder."""
    return (
        Flesh((2.0, 240.0, 0.0), (-4.0, 290.0, -3.0), 39.0, 43.0, 0.86, 4.0),
        Flesh((-4.0, 290.0, -3.0), (-16.0, 400.0, -4.0), 43.0, 49.0, 1.0, 5.0),
        Flesh((-16.0, 400.0, -4.0), (-18.0, 430.0, -4.0), 49.0, 50.0, 1.0, 5.0),
        Flesh((-18.0, 430.0, -4.0), (-24.0, 500.0, -4.0), 49.0, 52.0, 1.0, 5.0),
    )


def _shoulder_flesh() -> tuple[Flesh, ...]:
    """Deltoid and the roof of the shoulder."""
    return (
        Flesh((-8.0, 4.0, -2.0), (-6.0, -50.0, -2.0), 44.0, 46.0, 0.95, 6.0),
        Flesh((-4.0, 8.0, -4.0), (70.0, 26.0, -20.0), 38.0, 32.0, 0.75, 5.0),
    )


def _chest_flesh() -> tuple[Flesh, ...]:
    """Muscles on the blade and to the neck, and front, back and side of the chest wall; between them lies air."""
    walls = [
        Flesh((x, -20.0, z), (x + 2.0, -230.0, z), 58.0, 62.0, 0.21, 5.0) for x in (108.0, 165.0) for z in (-84.0, 46.0)
    ]
    side = Flesh((72.0, -45.0, -30.0), (60.0, -230.0, -18.0), 15.0, 18.0, 1.1, 4.0)
    muscles = (
        Flesh((48.0, -8.0, -22.0), (88.0, -95.0, -52.0), 40.0, 26.0, 0.28, 5.0),
        Flesh((70.0, 26.0, -20.0), (135.0, 52.0, -22.0), 34.0, 40.0, 0.6, 5.0),
        Flesh((135.0, 55.0, -18.0), (168.0, 120.0, -18.0), 44.0, 48.0, 0.9, 5.0),
    )
    return (*walls, side, *muscles)


def _curtain() -> tuple[Flesh, ...]:
    """Rods side by side across the line of the blade, as deep as what a chest leaves of the rays."""
    places = (ON_THE_CHEST(np.array([[95.0, 0.0, across]]))[0] for across in np.arange(-15.0, 130.0, 20.0))
    return tuple(Flesh((x, 30.0 - 0.2 * abs(z), z), (x, -230.0, z), 34.0, 36.0) for x, _, z in places)
