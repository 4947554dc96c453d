"""Which phantoms a run draws while it trains."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.errors import OptionError
from densexplain.vocabulary import ExtremityType


@dataclass(frozen=True)
class PhantomPlan:
    """Settings of the phantoms that are drawn for a run.

    Parameters
    ----------
    images
        Radiographs in an epoch, those of a data set among them.
    share
        Of phantoms in each batch, in (0, 1]; the rest are a data set's radiographs.
    repeats
        How often each phantom is seen within its epoch, varied anew each time.
        Drawing one costs as much as training on one or more, so that seeing it a
        few times is worth more than a new one each time.
    extremities
        Drawn with equal chances.
    severity
        Least severity at the beginning of the run and from `severity_until` on,
        0 (hardly visible) to 1 (plain); each phantom's is drawn evenly from the
        least to 1.
    severity_until
        Share of the run over which the least severity falls, in (0, 1].
    enlargement
        Edge that phantoms are drawn at beside that of the epoch's input, 1 to 8;
        at most that of a data set's phantoms. The smaller, the sooner drawn, and
        the more of the detector's noise is left in the input.
    held_out
        Phantoms of another seed that are drawn before the run, half to measure
        on, half to stand for the training radiographs where those are looked at
        once more (statistics, familiarity).
    held_out_seed
        Theirs.

    Raises
    ------
    OptionError
        If a setting is out of range.
    """

    images: int = 4096
    share: float = 1.0
    repeats: int = 1
    extremities: tuple[ExtremityType, ...] = tuple(ExtremityType)
    severity: tuple[float, float] = (1.0, 0.25)
    severity_until: float = 0.5
    enlargement: float = 3.0
    held_out: int = 600
    held_out_seed: int = 900_001

    def __post_init__(self) -> None:
        rules = (
            ("images", self.images >= 1, "at least 1"),
            ("share", 0 < self.share <= 1, "in (0, 1]"),
            ("repeats", self.repeats >= 1, "at least 1"),
            ("extremities", len(self.extremities) > 0, "one extremity type or more"),
            ("severity", all(0 <= least <= 1 for least in self.severity), "two numbers from 0 to 1"),
            ("severity_until", 0 < self.severity_until <= 1, "in (0, 1]"),
            ("enlargement", 1 <= self.enlargement <= 8, "1 to 8"),
            ("held_out", self.held_out >= 8, "at least 8"),
            ("held_out_seed", 0 <= self.held_out_seed < 2**31, "in [0, 2^31)"),
        )
        for name, holds, rule in rules:
            if not holds:
                raise OptionError(f"`phantoms.{name}` must be {rule}; received {getattr(self, name)}")

    def least_severity(self, passed: float) -> float:
        """Least severity once a share `passed` of the run has passed, 0 to 1."""
        first, last = self.severity
        return first + (last - first) * min(passed / self.severity_until, 1.0)

    def phantoms_in_batch(self, batch_size: int) -> int:
        """How many of a batch are phantoms, at least one."""
        return max(1, round(batch_size * self.share))
