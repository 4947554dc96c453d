"""From logits to probabilities, and what a reader sees of each class; defined here only.

A head is linear: the logit of a class is its bias and the mean of its class
activation map. What follows the logit is one of the kinds below. Both end in
*log-odds*, whose sigmoid is the probability, so that whatever explains works
with one number of one meaning:

- of a sigmoid unit they are the logit;
- of a softmax unit they are the logit less the logarithm of the summed
  exponentials of all others, which is what the other classes hold against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.vocabulary import Finding

_MOST_CLASSES = 64
_LONGEST_NAME = 60


@unique
class HeadKind(StrEnum):
    """What follows the logits: each unit for itself, or all in competition."""

    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"


@dataclass(frozen=True)
class OutputClass:
    """One unit of a head.

    Parameters
    ----------
    name
        For a reader, for example ``abnormal`` or ``fracture``.
    threshold
        Probability above which it is said to be present, in (0, 1).
    is_normal
        Whether it says that nothing is found; such a class is not what is explained first.

    Raises
    ------
    OptionError
        If the name is empty or over 60 characters, or the threshold out of range.
    """

    name: str
    threshold: float = 0.5
    is_normal: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= _LONGEST_NAME or not self.name.isprintable():
            raise OptionError(
                f"the name of a class must have 1 to {_LONGEST_NAME} characters; received {self.name[:80]!r}"
            )
        if not 0 < self.threshold < 1:
            raise OptionError(f"`threshold` must lie between 0 and 1; received {self.threshold}")


@dataclass(frozen=True)
class Head:
    """The classes of a network and what makes probabilities of their logits.

    Parameters
    ----------
    kind
        Sigmoid or softmax.
    classes
        In the order of the units; one or more, two or more of a softmax.

    Raises
    ------
    OptionError
        If there are too few or over 64 classes, two of one name, or none that is not normal.
    """

    kind: HeadKind
    classes: tuple[OutputClass, ...]

    def __post_init__(self) -> None:
        least = 2 if self.kind is HeadKind.SOFTMAX else 1
        if not least <= len(self.classes) <= _MOST_CLASSES:
            raise OptionError(
                f"a {self.kind} head has {least} to {_MOST_CLASSES} classes; received {len(self.classes)}"
            )
        names = [one.name for one in self.classes]
        if len(set(names)) < len(names):
            raise OptionError(f"the classes of a head must have different names; received {', '.join(names)[:120]}")
        if all(one.is_normal for one in self.classes):
            raise OptionError(f"a head needs a class that is not normal; received {', '.join(names)[:120]}")

    @property
    def main(self) -> int:
        """Position of the first class that is not normal."""
        return next(place for place, one in enumerate(self.classes) if not one.is_normal)

    def log_odds(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """What the sigmoid makes probabilities of.

        Parameters
        ----------
        logits
            Shape (..., classes), float32 or float64, any value.

        Returns
        -------
        numpy.ndarray
            Shape (..., classes), float64, in logits.
        """
        found = np.asarray(logits, np.float64)
        return found if self.kind is HeadKind.SIGMOID else found - self._rivals(found)

    def biases(self, logits: NDArray[np.floating], biases: NDArray[np.floating]) -> NDArray[np.float64]:
        """Part of each class's log-odds beside its own evidence: its bias and, for a softmax, the other classes.

        With the mean of the class activation map it is the log-odds.

        Parameters
        ----------
        logits
            Shape (..., classes), float32 or float64, any value.
        biases
            Biases of the units, shape (classes,), float32 or float64, in logits.

        Returns
        -------
        numpy.ndarray
            Shape (..., classes), float64, in logits.
        """
        own = np.broadcast_to(np.asarray(biases, np.float64), np.shape(logits))
        return own if self.kind is HeadKind.SIGMOID else own - self._rivals(np.asarray(logits, np.float64))

    def first(self, logits: NDArray[np.floating]) -> int:
        """Position of the class that is explained unless a reader chooses: the most probable that is not normal.

        Parameters
        ----------
        logits
            Shape (classes,), float32 or float64, any value.
        """
        found = self.log_odds(logits)
        return max((place for place, one in enumerate(self.classes) if not one.is_normal), key=lambda at: found[at])

    def place(self, name: str) -> int:
        """Position of a class by its name.

        Raises
        ------
        OptionError
            If there is none of that name.
        """
        names = [one.name for one in self.classes]
        if name not in names:
            raise OptionError(f"expected one of the classes {', '.join(names)}; received {name[:80]!r}")
        return names.index(name)

    @staticmethod
    def _rivals(logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logarithm of the summed exponentials of all other logits, shape (..., classes)."""
        others = ~np.eye(logits.shape[-1], dtype=np.bool_)
        return np.stack([np.logaddexp.reduce(logits[..., other], axis=-1) for other in others], axis=-1)


def one_unit(threshold: float = 0.5) -> Head:
    """The head of the paper: one sigmoid unit, the probability of an abnormal finding."""
    return Head(HeadKind.SIGMOID, (OutputClass(Finding.ABNORMAL.value, threshold),))
