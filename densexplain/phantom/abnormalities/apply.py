"""Give a limb an abnormality."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from densexplain.errors import OptionError
from densexplain.phantom.abnormalities.altered import Altered, Setting
from densexplain.phantom.abnormalities.degeneration import degeneration
from densexplain.phantom.abnormalities.foreign_body import foreign_body
from densexplain.phantom.abnormalities.fracture import fracture
from densexplain.phantom.abnormalities.lesion import lytic_lesion, sclerotic_lesion
from densexplain.phantom.abnormalities.nail import nail
from densexplain.phantom.abnormalities.plaster import plaster
from densexplain.phantom.abnormalities.plate import plate
from densexplain.phantom.abnormalities.prosthesis import prosthesis
from densexplain.phantom.abnormalities.subluxation import subluxation
from densexplain.phantom.abnormalities.wires import wires
from densexplain.phantom.skeleton.limb import Limb
from densexplain.vocabulary import Abnormality

_ABNORMALITIES: dict[Abnormality, Callable[[Setting], Altered]] = {
    Abnormality.FRACTURE: fracture,
    Abnormality.PLATE: plate,
    Abnormality.NAIL: nail,
    Abnormality.WIRES: wires,
    Abnormality.PROSTHESIS: prosthesis,
    Abnormality.DEGENERATION: degeneration,
    Abnormality.LYTIC_LESION: lytic_lesion,
    Abnormality.SCLEROTIC_LESION: sclerotic_lesion,
    Abnormality.SUBLUXATION: subluxation,
    Abnormality.FOREIGN_BODY: foreign_body,
    Abnormality.PLASTER: plaster,
}


def apply_abnormality(
    limb: Limb,
    abnormality: Abnormality,
    severity: float,
    rng: np.random.Generator,
    bones: tuple[str, ...] | None = None,
    field: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> Altered:
    """Give a limb at rest an abnormality.

    Parameters
    ----------
    limb
        Before it is turned for a view.
    abnormality
        What it is given.
    severity
        0 hardly visible to 1 plain.
    rng
        Source of chance; from the same state the same abnormality falls on the same
        place at each severity.
    bones
        Names of those in the field of view, on which it may fall; all if None.
    field
        Least x and y and greatest x and y of the field of view, millimetres in the
        limb at rest; where it falls lies within. If None, an abnormality of a long bone
        keeps near the middle of `bones`.

    Raises
    ------
    OptionError
        If the severity lies outside 0 to 1, or `bones` names none of the limb's.
    """
    if not 0.0 <= severity <= 1.0:
        raise OptionError(f"`severity` must be 0 to 1; received {severity:g}")
    names = tuple(bone.name for bone in limb.bones if bones is None or bone.name in bones)
    if not names:
        raise OptionError(f"`bones` must name bones of the limb; received {bones}")
    middles = [limb.bone(name).whole.vertices[::8].mean(axis=0) for name in names]
    middle = np.median(middles, axis=0)
    box = None if field is None else np.array(field, np.float64)
    if box is not None:
        middle[:2] = box.mean(axis=0)
    altered = _ABNORMALITIES[abnormality](Setting(limb, names, severity, rng, middle, box))
    record = {"kind": abnormality.value, "severity": round(severity, 4), **altered.record}
    return Altered(altered.limb, altered.sites, record)
