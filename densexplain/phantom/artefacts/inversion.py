"""The grey scale the other way round: bone is dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from densexplain.phantom.artefacts.picture import Artefact, Picture


@dataclass(frozen=True)
class Inversion(Artefact):
    """White becomes black; the masks stay."""

    kind: ClassVar[str] = "inversion"

    def apply(self, picture: Picture) -> Picture:
        """Invert the grey scale."""
        return Picture(1.0 - picture.pixels, picture.masks)
