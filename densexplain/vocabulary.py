"""The field's closed sets, so that a bad value fails at the door.

Only the standard library is imported here: every package uses these words, and
none of them should import more with them.
"""

from __future__ import annotations

from enum import StrEnum, unique

_FORMER_VALUES = {
    "finding": "abnormality",
    "evidence inside the finding": "evidence inside the abnormality",
}
"""Values in files that an earlier version wrote, and their current names."""


class _Renamed(StrEnum):
    """A closed set with a member that used to have another value, which is still read."""

    @classmethod
    def _missing_(cls, value: object) -> _Renamed | None:
        current = _FORMER_VALUES.get(value) if isinstance(value, str) else None
        return next((member for member in cls if member.value == current), None)


@unique
class Finding(StrEnum):
    """The label that a model set gives a radiograph; where an abnormality lies is a `Region`."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"


@unique
class FamiliarityVerdict(StrEnum):
    """How similar a model set finds a radiograph to those it was trained on.

    A reader is warned of an ``UNFAMILIAR`` one; a ``FOREIGN`` one is given no label.
    """

    FAMILIAR = "familiar"
    UNFAMILIAR = "unfamiliar"
    FOREIGN = "foreign"


@unique
class Split(StrEnum):
    """The two parts of a data set laid out as MURA is."""

    TRAIN = "train"
    VALID = "valid"


@unique
class Ranking(StrEnum):
    """How the 16 feature maps of a stage are chosen.

    ``MEAN`` is the paper's order. ``CONTRIBUTION`` (to the logit, signed,
    largest magnitude first) is defined at the last stage only; the other stages
    then keep the order by mean.
    """

    MEAN = "mean"
    MAXIMUM = "maximum"
    CONTRIBUTION = "contribution"


@unique
class MapSource(StrEnum):
    """Source of a map of a radiograph.

    The last two see no radiograph: they are the baseline of the others.
    """

    ACTIVATION_MAP = "class activation map"
    GRAD_CAM = "Grad-CAM"
    GRAD_CAM_BLOCK3 = "Grad-CAM of block 3"
    OCCLUSION = "occlusion"
    MIDDLE = "middle of the image"
    CHANCE = "chance"


@unique
class MapMeasure(_Renamed):
    """Measures of a map where the abnormality's pixels are known; see `densexplain.evaluation.maps.map_measures`.

    For ``DELETION`` lower is better, for the others higher.
    """

    POINTING_GAME = "pointing game"
    EVIDENCE_INSIDE = "evidence inside the abnormality"
    INTERSECTION = "intersection over union"
    DELETION = "deletion"
    INSERTION = "insertion"


@unique
class ColourMap(StrEnum):
    """Colour maps by their Matplotlib names.

    ``BWR`` and ``JET`` are the paper's; ``CIVIDIS`` is perceptually even and
    readable with a colour vision deficiency.
    """

    BWR = "bwr"
    JET = "jet"
    CIVIDIS = "cividis"


@unique
class ColourScale(StrEnum):
    """What the ends of a heat map's colour bar mean."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


@unique
class ResizeMode(StrEnum):
    """How a crop of any shape becomes the square network input."""

    STRETCH = "stretch"
    PAD = "pad"


@unique
class FileFormat(StrEnum):
    """Formats a radiograph may arrive in."""

    DICOM = "DICOM"
    PNG = "PNG"
    JPEG = "JPEG"


@unique
class FigureFormat(StrEnum):
    """Formats the composed figure is written in."""

    PNG = "png"
    PDF = "pdf"


@unique
class Schedule(StrEnum):
    """Course of the learning rate over the epochs."""

    PAPER = "paper"
    COSINE = "cosine"
    CONSTANT = "constant"


@unique
class EpochRule(StrEnum):
    """Which epoch's weights are kept."""

    DIFFERENCE = "difference"
    KAPPA = "kappa"
    LOSS = "loss"
    LAST = "last"


@unique
class ImageChoice(StrEnum):
    """Which of the radiographs that a model set was evaluated on are shown."""

    FALSE_NEGATIVES = "false negatives"
    FALSE_POSITIVES = "false positives"
    CERTAIN_MISTAKES = "most certain mistakes"
    DISAGREEMENTS = "disagreements"
    ALL = "all"


@unique
class ExtremityType(StrEnum):
    """The seven extremity types of MURA."""

    ELBOW = "elbow"
    FINGER = "finger"
    FOREARM = "forearm"
    HAND = "hand"
    HUMERUS = "humerus"
    SHOULDER = "shoulder"
    WRIST = "wrist"


@unique
class Projection(StrEnum):
    """How the rays go through an extremity."""

    FRONTAL = "frontal"
    LATERAL = "lateral"
    OBLIQUE = "oblique"


@unique
class Abnormality(StrEnum):
    """Abnormalities of a phantom."""

    FRACTURE = "fracture"
    PLATE = "plate and screws"
    NAIL = "intramedullary nail"
    WIRES = "Kirschner wires"
    PROSTHESIS = "joint prosthesis"
    DEGENERATION = "degenerative joint"
    LYTIC_LESION = "lytic lesion"
    SCLEROTIC_LESION = "sclerotic lesion"
    SUBLUXATION = "subluxation"
    FOREIGN_BODY = "foreign body"
    PLASTER = "plaster"

    @property
    def group(self) -> AbnormalityGroup:
        """The group that it belongs to."""
        return _GROUPS.get(self, AbnormalityGroup.OTHER)


@unique
class AbnormalityGroup(StrEnum):
    """What a network with several units tells apart."""

    FRACTURE = "fracture"
    HARDWARE = "hardware"
    DEGENERATION = "degeneration"
    LESION = "lesion"
    OTHER = "other"


_GROUPS = {
    Abnormality.FRACTURE: AbnormalityGroup.FRACTURE,
    Abnormality.PLATE: AbnormalityGroup.HARDWARE,
    Abnormality.NAIL: AbnormalityGroup.HARDWARE,
    Abnormality.WIRES: AbnormalityGroup.HARDWARE,
    Abnormality.PROSTHESIS: AbnormalityGroup.HARDWARE,
    Abnormality.DEGENERATION: AbnormalityGroup.DEGENERATION,
    Abnormality.LYTIC_LESION: AbnormalityGroup.LESION,
    Abnormality.SCLEROTIC_LESION: AbnormalityGroup.LESION,
}


@unique
class Region(_Renamed):
    """What a pixel of a radiograph can belong to; a pixel can belong to several.

    ``ABNORMALITY`` is where the abnormality is visible, ``MOVED`` where else it
    changes pixels, because a bone no longer lies where it did. ``IMAGE_FRAME`` is
    the border printed or scanned round a radiograph, as the paper calls it; what
    DICOM calls a frame is one image of a multi-frame object, and is named here by
    its `frame_number`.
    """

    BONE = "bone"
    SOFT_TISSUE = "soft tissue"
    ABNORMALITY = "abnormality"
    MOVED = "moved"
    HARDWARE = "hardware"
    TEXT_LEGEND = "text legend"
    IMAGE_FRAME = "image frame"


@unique
class InputVersion(StrEnum):
    """Version of a radiograph that a network is given, where several are compared."""

    ORIGINAL = "original"
    CROPPED = "cropped"
    STRAIGHTENED = "straightened"
    MARKER_REMOVED = "marker removed"


@unique
class Reference(StrEnum):
    """Reference of a cell in a comparison; the other of model set and input is the same for both."""

    MODEL_SET = "first model set"
    INPUT = "first input"


@unique
class FocusPart(_Renamed):
    """Parts of a radiograph for which activation is counted; a pixel belongs to one only."""

    ANATOMY = "anatomy"
    ABNORMALITY = "abnormality"
    TEXT_LEGEND = "text legend"
    IMAGE_FRAME = "image frame"
    BACKGROUND = "background"


@unique
class RegionSource(StrEnum):
    """Where a region of a radiograph comes from: found automatically, drawn by a reader, known of a phantom."""

    FOUND = "found"
    DRAWN = "drawn"
    KNOWN = "known"


@unique
class RegionChange(StrEnum):
    """What a what-if does to a region."""

    REMOVED = "removed"
    CROPPED = "cropped off"
    KEPT = "kept alone"


@unique
class VariantKind(StrEnum):
    """Small changes of a radiograph that leave what it shows."""

    SHIFT = "shift"
    ROTATION = "rotation"
    CROP = "crop"
    EXPOSURE = "exposure"


@unique
class AuditVerdict(StrEnum):
    """What a prediction rests on; `densexplain.explain.audit.verdict` says when.

    ``OPEN`` is the verdict where no reader has marked the abnormality and
    nothing contradicts the prediction.
    """

    SUPPORTED = "supported by the marked region"
    PARTLY = "partly supported by the marked region"
    SOMETHING_ELSE = "resting on something else"
    FRAGILE = "fragile"
    OPEN = "open"
