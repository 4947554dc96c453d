"""The arm, lateral at smaller x, front at greater z: forearm and elbow with the humerus, and the humerus alone.

y runs from the hand to the shoulder.
"""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.phantom.bone import Bone
from densexplain.phantom.limb import Flesh, Limb, chained, shift, turn
from densexplain.phantom.skeleton.forearm_bones import ELBOW_Y_MM, ELBOW_Z_MM, radius, ulna
from densexplain.phantom.skeleton.hand import build_hand, forearm_flesh
from densexplain.phantom.skeleton.rib_bones import ribs
from densexplain.phantom.skeleton.shoulder_bones import clavicle, scapula
from densexplain.phantom.skeleton.upper_arm_bones import HEAD_CENTRE, LEAN, humerus
from densexplain.phantom.surface import Motion

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
        Of the arm at the shoulder, degrees, 0 to 60.
    rotation
        Of the arm at the shoulder about its length, degrees, outwards above zero.
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


def build_shoulder(pose: ArmPose | None = None) -> Limb:
    """Put arm, shoulder and upper chest together; the middle of the humerus's head is the origin."""
    pose = pose or ArmPose()
    x, y, z = HEAD_CENTRE
    arm = build_elbow(pose).mapped(shift((-x, -ELBOW_Y_MM - y, -ELBOW_Z_MM - z)))
    arm = arm.mapped(chained(turn(pose.rotation, (LEAN, -1, 0)), turn(-pose.abduction, (0, 0, 1))))
    bones = (*arm.bones, scapula(), clavicle(), *ribs())
    return Limb(bones, (*arm.flesh, *_shoulder_flesh()))


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
    """Deltoid, the muscles on the blade, the slope to the neck, and the chest."""
    return (
        Flesh((-8.0, 4.0, -2.0), (-6.0, -50.0, -2.0), 44.0, 46.0, 0.95, 6.0),
        Flesh((-4.0, 8.0, -4.0), (70.0, 30.0, -16.0), 40.0, 40.0, 0.8, 5.0),
        Flesh((70.0, 30.0, -16.0), (135.0, 55.0, -18.0), 40.0, 46.0, 0.7, 5.0),
        Flesh((135.0, 55.0, -18.0), (168.0, 120.0, -18.0), 44.0, 48.0, 0.9, 5.0),
        Flesh((40.0, -10.0, -18.0), (85.0, -90.0, -30.0), 34.0, 22.0, 0.7, 5.0),
        *_chest_flesh(),
    )


def _chest_flesh() -> tuple[Flesh, ...]:
    """Front, back and side of the chest wall; between them lies air."""
    walls = [
        Flesh((x, -20.0, z), (x + 2.0, -230.0, z), 58.0, 62.0, 0.16, 5.0) for x in (108.0, 165.0) for z in (-84.0, 46.0)
    ]
    return (*walls, Flesh((62.0, -50.0, -18.0), (54.0, -230.0, -18.0), 10.0, 12.0, 2.5, 3.0))
