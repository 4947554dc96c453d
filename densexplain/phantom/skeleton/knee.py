"""A simple synthetic frontal knee, built from tissue path lengths. Not a simulator."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.physics.exposure import CORTICAL_BONE, FAT, LEAD, SOFT_TISSUE, SPONGY_BONE, Exposure, expose
from densexplain.phantom.physics.path_length import Detector, PathMap, inflate
from densexplain.phantom.physics.texture import oriented_noise, trabeculae
from densexplain.phantom.solids.outlines import KneeOutlines, Points, knee_outlines


@dataclass(frozen=True)
class KneeDescription:
    """What is drawn.

    Parameters
    ----------
    rows, columns
        Size of the image.
    pitch_mm
        Edge of a pixel in the plane of the knee.
    narrowing
        Share of the medial joint space that is lost, 0 to 1.
    osteophytes
        Size of the marginal spurs, 0 to 1.
    sclerosis
        Further thickening of the medial subchondral plate, 0 to 1.
    side_letter
        Whether a lead letter R lies beside the knee.
    seed
        Seed of texture and noise; the same seed gives the same image.
    """

    rows: int = 1024
    columns: int = 896
    pitch_mm: float = 0.136
    narrowing: float = 0.0
    osteophytes: float = 0.0
    sclerosis: float = 0.0
    side_letter: bool = False
    seed: int = 1


def draw_knee(description: KneeDescription) -> NDArray[np.float64]:
    """Draw a synthetic frontal radiograph of a right knee.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float64 in [0, 1], bright = dense; the fibula is
        on the left, as a right knee is displayed.
    """
    detector = Detector(
        description.rows,
        description.columns,
        description.pitch_mm,
        (0.53 * description.rows, 0.5 * description.columns),
    )
    outlines = knee_outlines(description.narrowing, description.osteophytes)
    bone = _Bones(detector, outlines, description)
    attenuation = _soft_tissue(detector, outlines, description.seed)
    attenuation += bone.attenuation()
    if description.side_letter:
        attenuation += LEAD * _side_letter(detector)
    return expose(attenuation, Exposure(seed=description.seed + 90))


def _soft_tissue(detector: Detector, outlines: KneeOutlines, seed: int) -> NDArray[np.float64]:
    """Attenuation of muscle under a layer of fat and skin."""
    depth = detector.depth_inside(outlines.limb)
    _, y = detector.places()
    thickness = 104.0 + 10.0 * np.clip(-y / 70.0, 0, 1) + 4.0 * np.clip(y / 70.0, 0, 1)
    whole = inflate(depth, thickness, 46.0)
    fat_mm = 6.5 + 1.5 * np.sin(y / 21.0)
    inner = inflate(np.maximum(depth - fat_mm, 0.0), thickness - 2 * fat_mm, 38.0)
    skin = whole - inflate(np.maximum(depth - 1.6, 0.0), thickness - 3.2, 45.0)
    px = 1.0 / detector.pitch_mm
    shape = (detector.rows, detector.columns)
    strands = 1.0 + 0.006 * oriented_noise(shape, 1.1 * px, 9.0 * px, 4.0, seed + 40)
    inner = np.asarray(cv2.GaussianBlur(inner, (0, 0), 0.7 * px), np.float64)
    return np.asarray(SOFT_TISSUE * (inner * strands + skin) + FAT * np.maximum(whole - inner - skin, 0.0), np.float64)


class _Bones:
    """The bones of one knee on one detector."""

    def __init__(self, detector: Detector, outlines: KneeOutlines, description: KneeDescription) -> None:
        self._detector = detector
        self._outlines = outlines
        self._description = description
        self._x, self._y = detector.places()
        shape = (detector.rows, detector.columns)
        self._density = trabeculae(shape, detector.pitch_mm, description.seed)

    def attenuation(self) -> NDArray[np.float64]:
        """Attenuation of all bones over that of the soft tissue they take the place of."""
        o = self._outlines
        femur_end, tibia_end = _ramp(self._y, -84.0, -34.0), _ramp(self._y, 78.0, 16.0)
        femur_spurs = [spur for spur in o.osteophytes if spur[:, 1].mean() < 0]
        tibia_spurs = [spur for spur in o.osteophytes if spur[:, 1].mean() >= 0]
        femur = (28.0 + 12.0 * femur_end, 17.0 - 5.0 * femur_end, 4.4 - 3.85 * femur_end, 0.05 + 0.45 * femur_end)
        tibia = (28.0 + 14.0 * tibia_end, 16.0 - 4.5 * tibia_end, 4.2 - 3.6 * tibia_end, 0.05 + 0.45 * tibia_end)
        total = self._solid([o.femur, *femur_spurs], *femur)
        total += self._solid([o.tibia, *tibia_spurs], *tibia)
        total += self._solid([o.trochlea], 11.0, 16.0, 0.15, 0.3)
        total += self._solid([o.fibula], 13.0, 6.5, 0.8 + 1.4 * _ramp(self._y, 24.0, 50.0), 0.45)
        patella = self._solid([o.patella], 12.0, 11.0, 0.5, 0.45)
        total += cv2.GaussianBlur(patella, (0, 0), 0.45 / self._detector.pitch_mm)  # furthest from the detector
        total += self._plates() + self._lines()
        return total

    def _solid(
        self,
        outlines: list[Points],
        thickness: NDArray[np.float64] | float,
        rounding: NDArray[np.float64] | float,
        cortex: NDArray[np.float64] | float,
        filling: NDArray[np.float64] | float,
    ) -> NDArray[np.float64]:
        """Attenuation of a cortical shell filled with trabecular bone, less the soft tissue it displaces."""
        depth = self._detector.depth_inside(*outlines)
        whole = inflate(depth, thickness, rounding)
        marrow = inflate(np.maximum(depth - cortex, 0.0), np.maximum(thickness - 2 * cortex, 0.0), rounding)
        marrow = np.minimum(marrow, whole)
        spongy = SOFT_TISSUE + filling * (SPONGY_BONE - SOFT_TISSUE) * 2.6 * (self._density - 0.15)
        return np.asarray(CORTICAL_BONE * (whole - marrow) + spongy * marrow - SOFT_TISSUE * whole, np.float64)

    def _plates(self) -> NDArray[np.float64]:
        """Subchondral plates: dense bone under the cartilage, along the joint surfaces only."""
        total = np.zeros((self._detector.rows, self._detector.columns))
        medial = _ramp(self._x, 6.0, 18.0)
        for outline, towards, strength in ((self._outlines.femur, -1.0, 0.2), (self._outlines.tibia, 1.0, 0.36)):
            depth = self._detector.depth_inside(outline)
            plate_mm = 1.1 + 2.4 * self._description.sclerosis * medial
            band = np.where(depth > 0, np.exp(-((depth / plate_mm) ** 2)), 0.0)
            where = _ramp(towards * self._y, 19.0, 7.0) * _ramp(np.abs(self._x), 44.0, 35.0)
            total += strength * band * where * (1.0 + 0.5 * self._description.sclerosis * medial)
        rim = self._detector.depth_inside(self._outlines.tibial_rim)
        line = np.where(rim > 0, np.exp(-((rim / 0.7) ** 2)), 0.0)
        return total + 0.13 * line * _ramp(self._y, 11.0, 8.0)

    def _lines(self) -> NDArray[np.float64]:
        """Thin dense lines where the growth plates closed, and the walls of the notch."""
        femur = -33.0 + 3.0 * np.cos(self._x / 9.0) + 0.0035 * self._x**2
        tibia = 19.5 - 1.4 * np.cos(self._x / 8.0) - 0.002 * self._x**2
        total = np.zeros((self._detector.rows, self._detector.columns))
        for line, outline, strength in ((femur, self._outlines.femur, 0.07), (tibia, self._outlines.tibia, 0.1)):
            inside = np.clip(self._detector.depth_inside(outline) / 6.0, 0.0, 1.0)
            total += strength * inside * np.exp(-(((self._y - line) / 0.55) ** 2)) * self._density
        for x, lean in ((-11.5, 0.10), (12.5, -0.08)):  # walls of the intercondylar notch
            wall = np.exp(-(((self._x - x - lean * (self._y + 24.0)) / 0.7) ** 2))
            total += 0.09 * wall * _ramp(self._y, -33.0, -25.0) * _ramp(self._y, -8.0, -16.0) * self._density
        return total


def _ramp(values: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """Rise smoothly from 0 at `start` to 1 at `end`; either may be the larger."""
    t = np.clip((values - start) / (end - start), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float64)


def _side_letter(detector: Detector) -> PathMap:
    """Thickness of a lead letter R, millimetres, drawn in strokes."""
    scale = detector.rows / 1024
    left, top = 0.045 * detector.columns, 0.085 * detector.rows
    mask = np.zeros((detector.rows, detector.columns), np.uint8)

    def place(x: float, y: float) -> tuple[int, int]:
        return round((left + x * scale) * 16), round((top + y * scale) * 16)

    thick = max(2, round(12 * scale))
    for start, end in (((0, 0), (0, 78)), ((0, 0), (24, 0)), ((0, 40), (24, 40)), ((20, 40), (44, 78))):
        cv2.line(mask, place(*start), place(*end), 255, thick, cv2.LINE_AA, 4)
    radius = (round(20 * scale * 16), round(20 * scale * 16))
    cv2.ellipse(mask, place(24, 20), radius, 0.0, -90.0, 90.0, 255, thick, cv2.LINE_AA, 4)
    return np.asarray(mask, np.float64) / 255.0 * 0.9
