"""Whether a prediction holds under small changes that leave what a radiograph shows: shift, turn, crop, exposure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.probability import finding_of, probability_of
from densexplain.errors import OptionError
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.map_agreement import rank_correlation
from densexplain.vocabulary import VariantKind

LEAST_VARIANTS, MOST_VARIANTS = 16, 64
MOST_SHIFT, MOST_TURN_DEGREES, MOST_CROP, MOST_GAMMA = 0.03, 4.0, 0.06, 0.2
"""Bounds of the changes: shift by the side, counter-clockwise turn, what is cropped off the sides, and exposure."""

_FROM = 0.4  # of a bound; less would hardly be a change


@dataclass(frozen=True)
class Variant:
    """One small change.

    Parameters
    ----------
    kind
        What is changed; the rest stays.
    right, down
        Shift by the columns and rows.
    turn_degrees
        Counter-clockwise, about the middle.
    scale
        By which what is kept is enlarged, >= 1.
    gamma
        Exponent of the brightness: above 1 darker.
    """

    kind: VariantKind
    right: float = 0.0
    down: float = 0.0
    turn_degrees: float = 0.0
    scale: float = 1.0
    gamma: float = 1.0

    def matrix(self, rows: int, columns: int) -> NDArray[np.float64]:
        """Matrix from (column, row, 1) of an image to (column, row) of the variant; shape (2, 3), float64, pixels."""
        turn = math.radians(self.turn_degrees)
        cosine, sine = self.scale * math.cos(turn), self.scale * math.sin(turn)
        linear = np.array([[cosine, sine], [-sine, cosine]])
        middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
        shift = np.array([self.right * columns, self.down * rows])
        return np.column_stack([linear, middle - linear @ middle + shift])

    def apply(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Change a radiograph; pixels from outside it repeat its edge.

        Parameters
        ----------
        pixels
            Shape (rows, columns), float32 in [0, 1].

        Returns
        -------
        numpy.ndarray
            Same shape, float32 in [0, 1].
        """
        if self.kind is VariantKind.EXPOSURE:
            return np.asarray(np.power(np.clip(pixels, 0, 1), np.float32(self.gamma)), np.float32)
        rows, columns = pixels.shape
        return _warped(pixels, self.matrix(rows, columns), cv2.INTER_LINEAR)

    def undo(self, activation_map: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move a map of the variant, shape (rows, columns), float32, in logits, to where it lies on the radiograph."""
        if self.kind is VariantKind.EXPOSURE:
            return activation_map
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return _warped(activation_map, self.matrix(*activation_map.shape), flags)


@dataclass(frozen=True, eq=False)
class Stability:
    """A network's answers to the variants.

    Parameters
    ----------
    variants
        In the order in which they were made.
    seed
        Seed that they follow from.
    logits
        Shape (variants,), float64, any value.
    flips
        Shape (variants,), bool: where the finding is another one.
    map_spread
        Standard deviation of the class activation map over the variants, moved
        back to where they lie, shape (rows, columns), float32, in logits.
    map_agreement
        Mean rank correlation of those maps with that of the radiograph, -1 to 1;
        None where a map is flat.
    """

    variants: tuple[Variant, ...]
    seed: int
    logits: NDArray[np.float64]
    flips: NDArray[np.bool_]
    map_spread: NDArray[np.float32]
    map_agreement: float | None

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Probability of an abnormal finding for each variant."""
        return tuple(probability_of(float(logit)) for logit in self.logits)

    @property
    def probability_range(self) -> tuple[float, float]:
        """Least and greatest probability."""
        return min(self.probabilities), max(self.probabilities)

    @property
    def logit_spread(self) -> float:
        """Standard deviation of the logits."""
        return float(self.logits.std())

    @property
    def flip_share(self) -> float:
        """Share of the variants with another finding, 0 to 1."""
        return float(self.flips.mean())

    @property
    def fragile(self) -> bool:
        """Whether the finding flips in any variant."""
        return bool(self.flips.any())


def draw_variants(count: int = LEAST_VARIANTS, seed: int = 0) -> tuple[Variant, ...]:
    """Draw small changes, equally many of each kind; the same for the same seed.

    Raises
    ------
    OptionError
        If `count` is not 16 to 64 or `seed` is negative.
    """
    if not LEAST_VARIANTS <= count <= MOST_VARIANTS:
        raise OptionError(f"`variants` must lie between {LEAST_VARIANTS} and {MOST_VARIANTS}; received {count}")
    if seed < 0:
        raise OptionError(f"`seed` must not be negative; received {seed}")
    rng, kinds = np.random.default_rng(seed), list(VariantKind)
    return tuple(_drawn(kinds[number % len(kinds)], rng) for number in range(count))


def _drawn(kind: VariantKind, rng: np.random.Generator) -> Variant:
    size, sign = rng.uniform(_FROM, 1.0), rng.choice((-1.0, 1.0))
    heading = rng.uniform(0.0, 2 * math.pi)
    across, down = size * math.cos(heading), size * math.sin(heading)
    if kind is VariantKind.SHIFT:
        return Variant(kind, right=MOST_SHIFT * across, down=MOST_SHIFT * down)
    if kind is VariantKind.ROTATION:
        return Variant(kind, turn_degrees=sign * size * MOST_TURN_DEGREES)
    if kind is VariantKind.CROP:
        kept = 1.0 - MOST_CROP * size
        free = (1.0 - kept) / 2  # of the room, the box is laid anywhere
        return Variant(kind, right=free * math.cos(heading), down=free * math.sin(heading), scale=1.0 / kept)
    return Variant(kind, gamma=float(np.exp(sign * size * MOST_GAMMA)))


def stability(
    variants: Sequence[Variant],
    evidence: Evidence,
    activation_map: NDArray[np.float32],
    logit: float,
    threshold: float,
    seed: int,
) -> Stability:
    """Summarise a network's answers to the variants.

    Parameters
    ----------
    variants
        As drawn.
    evidence
        Evidence of the variants, in the same order.
    activation_map, logit
        Map of the unchanged radiograph, shape (rows, columns), float32, in logits; and its logit.
    threshold
        Probability above which a finding is abnormal.
    seed
        Seed that the variants follow from.
    """
    before = finding_of(logit, threshold)
    flips = np.array([finding_of(float(one), threshold) is not before for one in evidence.logits], np.bool_)
    maps = np.stack([variant.undo(one) for variant, one in zip(variants, evidence.maps, strict=True)])
    whole = activation_map.astype(np.float64)
    agreements = [rank_correlation(one.astype(np.float64), whole) for one in maps]
    agreement = None if np.isnan(agreements).any() else float(np.mean(agreements))
    return Stability(tuple(variants), seed, evidence.logits, flips, maps.std(axis=0), agreement)


def _warped(image: NDArray[np.float32], matrix: NDArray[np.float64], flags: int) -> NDArray[np.float32]:
    rows, columns = image.shape
    source = np.ascontiguousarray(image, np.float32)
    warped = cv2.warpAffine(source, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)
