"""All settings of a training run; the defaults are the paper's."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field

from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.phantoms.phantom_plan import PhantomPlan
from densexplain.vocabulary import AbnormalityGroup, EpochRule, Schedule

PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
"""Keras dtype policies that a run may use; weights and the logit are float32 under each."""


RANDOM, IMAGENET = "random", "imagenet"
"""Initial weights that are no model set's."""


@dataclass(frozen=True)
class GrowthStep:
    """Some epochs on less than the final input, at the beginning of a run.

    Parameters
    ----------
    epochs
        How many.
    size_px
        Edge that the radiographs are scaled to.
    band
        Share of the rows that is read, about the middle and shifted at random by
        up to a fifth of what is left out: where the anatomy of interest runs
        across the middle of every radiograph, half the rows hold it all at half
        the cost and at full resolution.
    """

    epochs: int
    size_px: int
    band: float = 1.0

    def __post_init__(self) -> None:
        if not (self.epochs >= 1 and 32 <= self.size_px <= 2048 and 0 < self.band <= 1):
            raise OptionError(
                "`growth` must have steps of at least 1 epoch, 32 to 2048 px and a band in (0, 1]; "
                f"received {self.epochs} epochs, {self.size_px} px and {self.band}"
            )


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Parameters
    ----------
    architecture
        A key of `densexplain.classifier.wiring.registry.ARCHITECTURES`.
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
    init
        Initial weights: ``random``, ``imagenet``, or the name of an installed
        model set of the same architecture.
    class_weighting
        Weight the loss so that normal and abnormal radiographs count equally in all.
    early_stopping
        Stop when the validation loss has not fallen for so many epochs at the
        final size; 0 never does.
    clip_norm
        Largest norm of the gradient over all weights; 0 leaves it as it is.
    growth
        Steps before the final size: the first epochs run on smaller images or
        on a band of them. Empty in the paper. (Tan and Le, EfficientNetV2, ICML
        2021, section 4.)
    precision
        One of `PRECISIONS`.
    statistics_batches
        Batches over which the means and variances of the batch normalisations
        are recomputed for the kept weights; 0 keeps training's moving averages.
    regions
        Weight of the loss of the regions beside that of the label, where truth
        is known; 0 learns from labels alone.
    phantoms
        What is drawn while the run goes on; None trains on a data set alone.
    averaging
        What is kept of the running average of the weights at each step, for
        example 0.999; the averages are what is measured and kept. 0 takes the
        weights as they are. (Polyak and Juditsky, SIAM J. Control Optim. 30,
        1992.)
    groups
        Groups of abnormalities that get a unit of their own beside abnormal,
        learnt where truth is known; empty trains the paper's one unit.
    seed
        Fixes initial weights, data order, augmentation and phantoms.

    Raises
    ------
    OptionError
        If a setting is not known or out of range.
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
    init: str = RANDOM
    class_weighting: bool = False
    early_stopping: int = 0
    clip_norm: float = 0.0
    growth: tuple[GrowthStep, ...] = ()
    precision: str = "float32"
    statistics_batches: int = 0
    regions: float = 0.0
    phantoms: PhantomPlan | None = None
    averaging: float = 0.0
    groups: tuple[AbnormalityGroup, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        grown = sum(step.epochs for step in self.growth)
        rules = (
            ("architecture", self.architecture in ARCHITECTURES, f"one of {', '.join(ARCHITECTURES)}"),
            ("epochs", self.epochs >= 1, "at least 1"),
            ("batch_size", self.batch_size >= 1, "at least 1"),
            ("learning_rate", 0 < self.learning_rate < math.inf, "positive"),
            ("warmup", 0 <= self.warmup < 1, "a share of the run in [0, 1)"),
            ("beta1", 0 <= self.beta1 < 1, "in [0, 1)"),
            ("beta2", 0 <= self.beta2 < 1, "in [0, 1)"),
            ("growth", grown < self.epochs, f"shorter than the {self.epochs} epochs, to leave some at the final size"),
            ("early_stopping", self.early_stopping >= 0, "0 or more epochs"),
            ("clip_norm", 0 <= self.clip_norm < math.inf, "0 or more"),
            ("statistics_batches", self.statistics_batches >= 0, "0 or more"),
            ("regions", 0 <= self.regions < math.inf, "0 or more"),
            ("groups", len(set(self.groups)) == len(self.groups), "each a group once"),
            ("averaging", 0 <= self.averaging < 1, "in [0, 1)"),
            ("precision", self.precision in PRECISIONS, f"one of {', '.join(PRECISIONS)}"),
            ("seed", 0 <= self.seed < 2**32, "in [0, 2^32)"),
        )
        for name, holds, rule in rules:
            if not holds:
                raise OptionError(f"`{name}` must be {rule}; received {getattr(self, name)}")

    def growth_step(self, epoch: int) -> GrowthStep:
        """What an epoch, counted from 0, runs on; after the growth that is the final size."""
        for step in self.growth:
            if epoch < step.epochs:
                return step
            epoch -= step.epochs
        return GrowthStep(self.epochs - sum(step.epochs for step in self.growth), self.specification.size_px)

    def is_final(self, epoch: int) -> bool:
        """Whether an epoch, counted from 0, runs on the input that the model set will read."""
        return epoch >= sum(step.epochs for step in self.growth)

    def as_dict(self) -> dict[str, object]:
        """The settings for a manifest; one unit is not stated, so that older runs go on."""
        found = asdict(self)
        return found if self.groups else {name: value for name, value in found.items() if name != "groups"}


@dataclass(frozen=True)
class NamedRecipe:
    """What a name stands for; every part can be overridden by an option.

    All share the paper's settings, which are the defaults of `Recipe`; they differ
    in the radiographs and in the weights they start from (Ngan et al., medRxiv
    19013730, table 1).

    Parameters
    ----------
    model_set
        Name of the model set that it makes; empty where the user names it.
    extremities
        Extremity types to train on; empty means all.
    init
        Initial weights.
    title
        What a reader sees; empty means the name.
    """

    model_set: str = ""
    extremities: tuple[str, ...] = ()
    init: str = RANDOM
    title: str = ""


NAMED_RECIPES = {
    "paper": NamedRecipe(),
    "all-extremities": NamedRecipe("all-extremities", (), IMAGENET, "All extremity types, pre-trained"),
    "wrist": NamedRecipe("wrist", ("wrist",), IMAGENET, "Wrist, pre-trained"),
    "wrist-random-init": NamedRecipe("wrist-random-init", ("wrist",), RANDOM, "Wrist, randomly initialised"),
    "finger": NamedRecipe("finger", ("finger",), IMAGENET, "Finger, pre-trained"),
}
"""``paper`` is the paper's settings for any data; the others are its four model sets."""
