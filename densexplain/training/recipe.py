"""Everything that decides how a run goes; the defaults are the paper's."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from densexplain.errors import OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.vocabulary import EpochRule, Schedule


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Parameters
    ----------
    architecture
        A key of `densexplain.network.densenet.ARCHITECTURES`.
    specification
        Input size, resize mode and normalisation.
    augmentation
        Lateral inversion and rotation.
    epochs, batch_size
        Length of the run and radiographs in a step.
    learning_rate, schedule, warmup
        Initial rate, its course, and the share of the run over which it climbs
        from zero.
    beta1, beta2
        Adam's decay rates.
    rule
        Which epoch's weights are kept.
    growth
        Sizes before the final one, as ((epochs, size_px), ...): the first epochs
        run on smaller images, which cost with the square of their edge. Empty in
        the paper. (Tan and Le, EfficientNetV2, ICML 2021, section 4.)
    precision
        Keras dtype policy, ``float32`` or ``mixed_bfloat16``.
    seed
        Fixes initial weights, data order and augmentation.
    """

    architecture: str = "densenet169"
    specification: InputSpecification = field(default_factory=InputSpecification)
    augmentation: Augmentation = field(default_factory=Augmentation)
    epochs: int = 32
    batch_size: int = 8
    learning_rate: float = 1e-4
    schedule: Schedule = Schedule.PAPER
    warmup: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    rule: EpochRule = EpochRule.DIFFERENCE
    growth: tuple[tuple[int, int], ...] = ()
    precision: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1 or self.learning_rate <= 0:
            raise OptionError(
                f"epochs, batch size and learning rate must be positive; "
                f"received {self.epochs}, {self.batch_size}, {self.learning_rate}"
            )
        if not 0 <= self.warmup < 1:
            raise OptionError(f"`warmup` is a share of the run in [0, 1); received {self.warmup}")
        if sum(epochs for epochs, _ in self.growth) >= self.epochs and self.growth:
            raise OptionError(f"`growth` must leave epochs at the final size; received {self.growth} of {self.epochs}")
        if self.precision not in ("float32", "mixed_bfloat16", "mixed_float16"):
            raise OptionError(
                f"`precision` must be float32, mixed_bfloat16 or mixed_float16; received {self.precision}"
            )

    def size_px(self, epoch: int) -> int:
        """Edge of the images in an epoch, counted from 0."""
        for epochs, size_px in self.growth:
            if epoch < epochs:
                return size_px
            epoch -= epochs
        return self.specification.size_px

    def as_dict(self) -> dict[str, object]:
        """The settings for a manifest."""
        return asdict(self)
