"""The hardly exposed border round a collimated field: bright, and ended by straight lines, a circle or a surround.

`densexplain.radiograph.frame_mask` puts it together with the paper and shutters round it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions import Mask

TURNS = np.arange(-18.0, 18.1, 1.0)
"""Degrees by which a frame may be tilted."""

_MOST_TURN = 8.0  # degrees of a collimator, where nothing else is tilted
_SEARCH_PX = 160  # longer side of the copy in which a band is looked for
_DEEPEST = 0.3  # of a side
_LEAST_FALL = 10.0  # grey levels over four pixels of that copy
_LEAST_ALONG = 0.8  # of the side's length
_LEAST_SIDE = 0.55  # of what is left of the radiograph, that a side runs along
_LEAST_ROUND, _LEAST_ROUND_ALONG = 0.05, 0.8  # share of a circle that lies in the radiograph, and of that with a fall
_LEAST_CORNERS = 2  # of the four that it must be seen in
_LEAST_BAND = 120.0  # brightness of a band
_RIM = 0.06  # of the longer side, within which a rim lies
_RIM_FALL = 25.0


def bright_rim(grey: NDArray[np.uint8], surround: Mask) -> Mask:
    """What is bright along a surround: the blurred edge of the collimator."""
    depth = max(4, round(_RIM * max(grey.shape)))
    distance = cv2.distanceTransform((~surround).astype(np.uint8), cv2.DIST_L2, 5)
    profile = np.array(
        [
            np.quantile(grey[ring], 0.3) if (ring := (distance > step) & (distance <= step + 1)).any() else 0.0
            for step in range(depth)
        ]
    )
    base = float(profile[depth // 2 :].min())
    if profile[: depth // 2].max() - base < _RIM_FALL:
        return np.zeros(grey.shape, np.bool_)
    peak = int(np.argmax(profile[: depth // 2]))
    below = np.flatnonzero(profile[peak:] <= base + 0.25 * (profile[peak] - base))
    reach = peak + int(below[0]) if len(below) else peak
    return np.asarray((distance > 0) & (distance <= reach), np.bool_)


def _search_copy(grey: NDArray[np.uint8], surround: Mask) -> tuple[NDArray[np.float32], NDArray[np.uint8], float]:
    """A small smooth copy, 1 where it is not surround, and its scale."""
    scale = min(1.0, _SEARCH_PX / max(grey.shape))
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    reduced = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    hidden = cv2.dilate(surround.astype(np.uint8), np.ones((3, 3), np.uint8))
    left = cv2.resize(np.asarray(1 - hidden, np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.GaussianBlur(reduced, (0, 0), 1.0), np.float32), np.asarray(left, np.uint8), scale


def bright_band(grey: NDArray[np.uint8], surround: Mask) -> tuple[Mask, float]:
    """What lies beyond straight lines along which brightness falls inwards over nearly a whole side; its mean fall."""
    rows, columns = grey.shape
    small, open_, _ = _search_copy(grey, surround)
    size = (small.shape[1], small.shape[0])
    best: tuple[float, float, list[tuple[int, int]]] = (0.0, 0.0, [])
    for degrees in TURNS if surround.any() else TURNS[np.abs(TURNS) <= _MOST_TURN]:
        sides = [_fall(*_turned(small, open_, degrees + 90.0 * quarter)) for quarter in range(4)]
        strength = sum(side[0] for side in sides)
        if strength > best[0]:
            best = (strength, degrees, [(quarter, side[1]) for quarter, side in enumerate(sides) if side[0] > 0])
    band = np.zeros((size[1], size[0]), np.bool_)
    for quarter, place in best[2]:
        band |= _beyond(band.shape, best[1] + 90.0 * quarter, place)
    whole = cv2.resize(band.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST) > 0
    return np.asarray(whole & ~surround, np.bool_), best[0] / max(1, len(best[2]))


def round_band(grey: NDArray[np.uint8], surround: Mask) -> tuple[Mask, float]:
    """What lies beyond a circle about the middle, along which brightness falls inwards; and its mean fall."""
    rows, columns = grey.shape
    small, open_, scale = _search_copy(grey, surround)
    size = (small.shape[1], small.shape[0])
    longest = max(size)
    reach = math.ceil(0.62 * longest)
    best, middle, radius = 0.0, (0.0, 0.0), 0
    for across in np.linspace(0.47, 0.53, 4):
        for down in np.linspace(0.47, 0.53, 4):
            centre = (across * size[0], down * size[1])
            polar = [
                cv2.warpPolar(image, (reach, 180), centre, reach, cv2.WARP_FILL_OUTLIERS | cv2.INTER_LINEAR)
                for image in (small, open_.astype(np.float32))
            ]
            whole, seen = polar[1] > 0.99, np.zeros(polar[1].shape, np.bool_)
            seen[:, 2:-2] = whole[:, 4:] & whole[:, :-4]
            fall = np.zeros_like(polar[0])
            fall[:, 2:-2] = polar[0][:, 4:] - polar[0][:, :-4]
            count = seen.sum(axis=0)
            along = (seen & (fall >= _LEAST_FALL)).sum(axis=0) / np.maximum(count, 1)
            mean = np.where(seen, np.clip(fall, -40, 40), 0).sum(axis=0) / np.maximum(count, 1)
            far = np.arange(reach) >= 0.42 * longest
            corners = (seen & (fall >= _LEAST_FALL)).reshape(4, 45, reach).any(axis=1).sum(axis=0)
            good = np.where(
                far & (count >= _LEAST_ROUND * 180) & (corners >= _LEAST_CORNERS) & (along >= _LEAST_ROUND_ALONG),
                mean,
                0.0,
            )
            place = int(np.argmax(good))
            beyond = polar[0][:, min(reach - 1, place + 2)][whole[:, min(reach - 1, place + 2)]]
            if good[place] > best and len(beyond) and np.median(beyond) >= _LEAST_BAND:
                best, middle, radius = float(good[place]), centre, place - 2
    if best == 0.0:
        return np.zeros(grey.shape, np.bool_), 0.0
    x, y = (np.arange(columns)[None] + 0.5) * scale - 0.5, (np.arange(rows)[:, None] + 0.5) * scale - 0.5
    return np.asarray((np.hypot(x - middle[0], y - middle[1]) > radius) & ~surround, np.bool_), best


def _matrix(shape: tuple[int, int], degrees: float) -> tuple[NDArray[np.float64], int]:
    """Turn about the middle into a square that holds all of an image."""
    side = math.ceil(math.hypot(*shape)) + 2
    turn = np.asarray(cv2.getRotationMatrix2D(((shape[1] - 1) / 2, (shape[0] - 1) / 2), degrees, 1.0), np.float64)
    turn[:, 2] += np.array([(side - shape[1]) / 2, (side - shape[0]) / 2])
    return turn, side


def _turned(
    small: NDArray[np.float32], open_: NDArray[np.uint8], degrees: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    turn, side = _matrix((small.shape[0], small.shape[1]), degrees)
    image = cv2.warpAffine(small, turn, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(open_, turn, (side, side), flags=cv2.INTER_NEAREST)
    return np.asarray(image, np.float32), np.asarray(seen > 0)


def _fall(image: NDArray[np.float32], seen: NDArray[np.bool_]) -> tuple[float, int]:
    """Strength and column of the line from the left beyond which it is bright; 0 where there is none."""
    columns = np.flatnonzero(seen.sum(axis=0) > 0)
    if len(columns) < 20:
        return 0.0, 0
    first, reach = int(columns[0]), int(_DEEPEST * len(columns))
    ends = slice(first + 1, first + reach)
    fall = np.zeros_like(image)
    fall[:, 2:-2] = image[:, :-4] - image[:, 4:]
    count = np.maximum(seen.sum(axis=0), 1)
    along = (seen & (fall >= _LEAST_FALL)).sum(axis=0) / count
    mean = np.where(seen, np.clip(fall, -40, 40), 0).sum(axis=0) / count
    tall = seen.sum(axis=0) >= _LEAST_SIDE * seen.any(axis=1).sum()
    good = np.where(tall & (along >= _LEAST_ALONG), mean, 0.0)[ends]
    if not len(good) or good.max() <= 0:
        return 0.0, 0
    place = first + 1 + int(np.argmax(good))
    # Along a border only the distance from the field tells; a limb differs from row to row.
    beyond = image[:, place - 2][seen[:, place - 2]] if place >= first + 2 else image[:, place][seen[:, place]]
    low, middle = np.quantile(beyond, (0.1, 0.5)) if len(beyond) else (0.0, 0.0)
    if middle < _LEAST_BAND or middle - low > 0.25 * middle:
        return 0.0, 0
    inner = place
    while inner + 3 < image.shape[1] and inner - place < 8 and along[inner + 1] >= 0.6:
        inner += 1
    return float(good.max()), inner + 1


def _beyond(shape: tuple[int, int], degrees: float, place: int) -> Mask:
    """Pixels that the turn moves to columns up to `place`."""
    turn, _ = _matrix(shape, degrees)
    x, y = np.arange(shape[1])[None], np.arange(shape[0])[:, None]
    return np.asarray(turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] <= place, np.bool_)
