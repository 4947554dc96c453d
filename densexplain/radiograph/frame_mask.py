"""Which pixels are image frame or collimation border, peeled off from the outside.

First what is of one brightness and ends along straight lines or a circle: paper,
film holder, shutter. Then, along what is left, a bright rim or band that ends
along straight lines or a circle: the hardly exposed border round a collimated field. Both may
be tilted. `densexplain.radiograph.image_frame` suggests the crop that leaves a
frame out; here it is the frame itself that is wanted.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.drawn_regions import DrawnBox
from densexplain.radiograph.film_divider import find_divider
from densexplain.radiograph.image_frame import find_image_frame
from densexplain.radiograph.regions import Mask
from densexplain.vocabulary import Region

_FLAT = 2  # grey levels within 3 x 3 pixels
_ALIKE = 4  # grey levels within one surround
_LEAST_SURROUND = 0.0015  # of the area
_CONSTANT = 0.12  # mean of that spread: paper and shutter have no noise
_ONE_VALUE = 0.9  # share of a surround that has its commonest grey level
_LEAST_JUMP = 4.0  # grey levels; air fades by less
_LEAST_CLEAN_JUMP = 2.0  # of what has one grey level throughout
_LEAST_STRAIGHT = 0.5  # of the surround's inner outline
_TURNS = np.arange(-18.0, 18.1, 1.0)
_MOST_TURN = 8.0  # degrees of a collimator, where nothing else is tilted
_SEARCH_PX = 160  # longer side of the copy in which a band is looked for
_DEEPEST = 0.3  # of a side
_LEAST_FALL = 10.0  # grey levels over four pixels of that copy
_LEAST_ALONG = 0.8  # of the side's length
_LEAST_SIDE = 0.55  # of what is left of the radiograph, that a side runs along
_LEAST_ROUND, _LEAST_ROUND_ALONG = 0.05, 0.8  # share of a circle that lies in the radiograph, and of that with a fall
_STEEPER = 1.2  # times the fall along straight lines, from which a circle is preferred
_LEAST_CORNERS = 2  # of the four that it must be seen in
_LEAST_BAND = 120.0  # brightness of a band
_RIM = 0.06  # of the longer side, within which a rim lies
_RIM_FALL = 25.0


def mark_frame(grey: NDArray[np.uint8]) -> Mask:
    """Mark the frame.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; all False where no frame is found.
    """
    divider = find_divider(grey)
    if divider is None:
        return _of_one_exposure(grey)
    one, strip, other = divider.windows()
    frame = np.zeros(grey.shape, np.bool_)
    frame[strip] = True
    for panel in (one, other):
        frame[panel] = _of_one_exposure(np.ascontiguousarray(grey[panel]))
    return frame


def _of_one_exposure(grey: NDArray[np.uint8]) -> Mask:
    surround = _flat_surround(grey)
    if not surround.any():
        surround = _uneven_surround(grey)
    # A circle can be laid over a straight border, and a chord over a round one: the steeper is right.
    straight, fall = _bright_band(grey, surround)
    circle, round_fall = _round_band(grey, surround)
    band = circle if round_fall > _STEEPER * fall else straight
    if surround.any() and not band.any():
        band = _bright_rim(grey, surround)
    frame = surround | band
    if not frame.any():
        return frame
    # Thin gaps are where surround and band meet.
    return np.asarray(cv2.morphologyEx(frame.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.bool_)


def _flat_surround(grey: NDArray[np.uint8]) -> Mask:
    """Parts without any noise that reach the edge of the radiograph and end along lines or a circle."""
    square = np.ones((3, 3), np.uint8)
    spread = np.asarray(cv2.subtract(cv2.dilate(grey, square), cv2.erode(grey, square)), np.uint8)
    even = ((spread <= _FLAT) & (cv2.blur(spread.astype(np.float32), (5, 5)) <= 4 * _CONSTANT)).astype(np.uint8)
    ring = np.zeros(grey.shape, np.bool_)
    ring[:2], ring[-2:], ring[:, :2], ring[:, -2:] = True, True, True, True
    _, found, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    labels, boxes = np.asarray(found, np.int32), np.asarray(stats, np.int32)
    total = _even_surround(grey, spread, labels, boxes, ring)
    if not total.any():
        return total
    # A shutter may lie within paper.
    near = cv2.dilate(total.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return total | _even_surround(grey, spread, labels, boxes, near & ~total)


def _even_surround(
    grey: NDArray[np.uint8],
    spread: NDArray[np.uint8],
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    ring: Mask,
) -> Mask:
    """Of the even parts that reach into a ring, those that are surround."""
    total = np.zeros(grey.shape, np.bool_)
    for number in np.unique(labels[ring & (labels > 0)]):
        part = labels == number
        if boxes[number, cv2.CC_STAT_AREA] < _LEAST_SURROUND * grey.size or spread[part].mean() > _CONSTANT:
            continue  # air has noise
        values = np.bincount(grey[part])
        if values.max() < _ONE_VALUE * values.sum():
            continue  # or fades
        # What is without noise ends before its surround does.
        wide = cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        wide &= np.abs(grey.astype(np.int16) - int(np.median(grey[part]))) <= _ALIKE
        wide |= part
        least = _LEAST_JUMP if spread[part].any() else _LEAST_CLEAN_JUMP
        if _jump(grey, wide) >= least and _straightness(wide) >= _LEAST_STRAIGHT:
            total |= wide
    return total


def _jump(grey: NDArray[np.uint8], part: Mask) -> float:
    """Grey levels by which a part differs from what lies three pixels beyond two thirds of its outline."""
    mask = part.astype(np.uint8)
    ring = (cv2.dilate(mask, np.ones((7, 7), np.uint8)) > 0) & (cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0)
    if not ring.any():
        return 0.0
    return float(np.quantile(np.abs(grey[ring].astype(np.float32) - float(np.median(grey[part]))), 0.33))


def _straightness(part: Mask) -> float:
    """Share of a part's inner outline that lies on two pairs of parallel lines, or on a circle."""
    inner = cv2.dilate(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inner &= ~part
    y, x = np.nonzero(inner)
    if len(x) < 20:
        return 0.0
    if len(x) > 1500:
        x, y = x[:: len(x) // 1000], y[:: len(y) // 1000]
    best = 0.0
    for degrees in np.arange(-18.0, 18.1, 1.0):
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        on_lines = 0.0
        for place in (cosine * x + sine * y, cosine * y - sine * x):
            counts = np.bincount(np.rint((place - place.min()) / 2).astype(int))
            near = np.convolve(counts, np.ones(3), "same")
            for _ in range(2):
                peak = int(np.argmax(near))
                if near[peak] >= 0.08 * len(x):
                    on_lines += near[peak]
                near[max(0, peak - 2) : peak + 3] = 0
        best = max(best, min(1.0, on_lines / len(x)))
    if best >= _LEAST_STRAIGHT:
        return best
    # Least squares for x^2 + y^2 = 2 a x + 2 b y + c.
    system = np.column_stack([2.0 * x, 2.0 * y, np.ones(len(x))])
    (a, b, c), *_ = np.linalg.lstsq(system, (x**2 + y**2).astype(np.float64), rcond=None)
    radius = math.sqrt(max(0.0, c + a * a + b * b))
    if not 0.35 * min(part.shape) < radius < 0.75 * max(part.shape):
        return best
    return max(best, float(np.mean(np.abs(np.hypot(x - a, y - b) - radius) <= 2.5)))


def _bright_rim(grey: NDArray[np.uint8], surround: Mask) -> Mask:
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


def _bright_band(grey: NDArray[np.uint8], surround: Mask) -> tuple[Mask, float]:
    """What lies beyond straight lines along which brightness falls inwards over nearly a whole side; its mean fall."""
    rows, columns = grey.shape
    small, open_, _ = _search_copy(grey, surround)
    size = (small.shape[1], small.shape[0])
    best: tuple[float, float, list[tuple[int, int]]] = (0.0, 0.0, [])
    for degrees in _TURNS if surround.any() else _TURNS[np.abs(_TURNS) <= _MOST_TURN]:
        sides = [_fall(*_turned(small, open_, degrees + 90.0 * quarter)) for quarter in range(4)]
        strength = sum(side[0] for side in sides)
        if strength > best[0]:
            best = (strength, degrees, [(quarter, side[1]) for quarter, side in enumerate(sides) if side[0] > 0])
    band = np.zeros((size[1], size[0]), np.bool_)
    for quarter, place in best[2]:
        band |= _beyond(band.shape, best[1] + 90.0 * quarter, place)
    whole = cv2.resize(band.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST) > 0
    return np.asarray(whole & ~surround, np.bool_), best[0] / max(1, len(best[2]))


def _round_band(grey: NDArray[np.uint8], surround: Mask) -> tuple[Mask, float]:
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


def _uneven_surround(grey: NDArray[np.uint8]) -> Mask:
    """What lies outside the crop that `find_image_frame` suggests: a frame with noise, from a scan or a JPEG file."""
    suggestion = find_image_frame(grey.astype(np.float32) / np.float32(255))
    if suggestion is None:
        return np.zeros(grey.shape, np.bool_)
    return ~DrawnBox(Region.IMAGE_FRAME, suggestion.crop, suggestion.rotate_degrees).mask(grey.shape[0], grey.shape[1])


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
