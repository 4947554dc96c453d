"""A reading in which image, map and label come one after another, with the reader's own opinion first."""

from __future__ import annotations

LAST_STEP = 2


class BlindedReading:
    """A reader's progress with one radiograph or one study, and the reader's opinion.

    Attributes
    ----------
    step
        What may be seen: 0 the image, 1 the map, 2 the label.
    opinion
        The reader's own word; None until there is one.
    """

    def __init__(self) -> None:
        self.step = 0
        self.opinion: str | None = None

    @property
    def done(self) -> bool:
        """Whether everything may be seen."""
        return self.step == LAST_STEP

    def go_on(self) -> None:
        """Show the next step; at the end nothing happens."""
        self.step = min(self.step + 1, LAST_STEP)

    def begin(self) -> None:
        """Drop the opinion and show the image alone."""
        self.step, self.opinion = 0, None
