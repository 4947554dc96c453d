"""A network as data: which family, which head, and which input; all but its weights."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.classifier.classifier import Stage
from densexplain.classifier.heads import Head
from densexplain.classifier.wiring.outline import outline
from densexplain.classifier.wiring.registry import Parameters, family_of


@dataclass(frozen=True)
class Network:
    """What an engine is given beside the tensors.

    Parameters
    ----------
    parameters
        Parameters of any family.
    head
        Classes and what makes probabilities of their logits.
    size_px
        Edge of an input, 32 at least.
    """

    parameters: Parameters
    head: Head
    size_px: int

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Its stages, with the shapes that they have at this size.

        Raises
        ------
        ShapeError
            If the network has no place for inputs of this size.
        """
        shapes = outline(self.parameters, self.size_px).stages
        ends = family_of(self.parameters).stages
        return tuple(
            Stage(number, end.name, end.heading, end.layer, *shape)
            for number, (end, shape) in enumerate(zip(ends, shapes, strict=True), start=1)
        )
