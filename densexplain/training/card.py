"""The model card: what a model set was made from, what it reaches, what it is not for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from densexplain.training.recipe import Recipe
from densexplain.training.selection import EpochRecord
from densexplain.vocabulary import EpochRule, ResizeMode

if TYPE_CHECKING:  # scikit-learn behind it takes a second that `--help` should not
    from densexplain.training.evaluation import Evaluation

_RULES = {
    EpochRule.DIFFERENCE: "the least difference between training and validation accuracy (the paper's rule)",
    EpochRule.KAPPA: "the highest kappa on the validation radiographs",
    EpochRule.LOSS: "the lowest loss on the validation radiographs",
    EpochRule.LAST: "being the last",
}


@dataclass(frozen=True)
class ModelSetText:
    """What a model set says of itself, in words.

    Parameters
    ----------
    name
        Of the model set and its folder.
    title, version
        What a reader sees.
    purpose, not_for
        One sentence each.
    attribution
        Whose radiographs it was trained on and under which licence.
    """

    name: str
    title: str
    version: str
    purpose: str
    not_for: str
    attribution: str


def model_card(
    text: ModelSetText,
    recipe: Recipe,
    counts: tuple[int, int],
    kept: EpochRecord,
    valid: Evaluation,
    extremities: tuple[str, ...],
) -> str:
    """Write the card.

    Parameters
    ----------
    text
        Title, purpose and the like.
    recipe
        Settings of the run.
    counts
        Radiographs trained on and selected on.
    kept
        The epoch whose weights the model set holds.
    valid
        Figures of the stored weights on the validation radiographs.
    extremities
        Extremity types of the data.

    Returns
    -------
    str
        Markdown.
    """
    sections = (
        f"# {text.title}",
        f"Model set `{text.name}`, version {text.version}. **Research use only, not for diagnosis.**",
        f"**Meant for.** {text.purpose}",
        f"**Not for.** {text.not_for}",
        "## Measured",
        _figures(valid),
        f"Measured per image on the {valid.images} validation radiographs ({valid.abnormal} abnormal), with the "
        "weights as stored here. The kept epoch was chosen on the same radiographs, so on new ones a little less is "
        "to be expected.",
        "## Training",
        _training(recipe, counts, kept, extremities),
        "## Data",
        text.attribution or "Whose radiographs these are, and under which licence, was not stated.",
    )
    return "\n\n".join(sections) + "\n"


def _figures(valid: Evaluation) -> str:
    rows = [
        ("accuracy", valid.accuracy),
        ("Cohen's kappa", valid.kappa),
        ("sensitivity", valid.sensitivity),
        ("specificity", valid.specificity),
        ("area under the ROC curve", valid.auc),
        ("binary cross-entropy, nats", valid.loss),
    ]
    lines = [f"| {name} | {value:.3f} |" for name, value in rows]
    return "\n".join([f"| threshold {valid.threshold:g} | value |", "|---|---|", *lines])


def _training(recipe: Recipe, counts: tuple[int, int], kept: EpochRecord, extremities: tuple[str, ...]) -> str:
    augmentation, size_px = recipe.augmentation, recipe.specification.size_px
    stretches = recipe.specification.resize is ResizeMode.STRETCH
    resize = "each side scaled" if stretches else "scaled in proportion and padded with black"
    growth = "".join(f", {step.epochs} of them{_band(step.band)} at {step.size_px} px first" for step in recipe.growth)
    initial = {"random": "random initial weights", "imagenet": "ImageNet weights"}.get(
        recipe.init, f"the weights of the model set {recipe.init}"
    )
    inversion = "lateral inversion" if augmentation.lateral_inversion else "no lateral inversion"
    lines = (
        f"{recipe.architecture} from {initial}, {size_px} x {size_px} px ({resize}).",
        f"{counts[0]} radiographs ({', '.join(extremities)}) to train on, {counts[1]} to choose the epoch on.",
        f"{recipe.epochs} epochs{growth}; batches of {recipe.batch_size}.",
        f"Adam (beta1 {recipe.beta1:g}, beta2 {recipe.beta2:g}), learning rate {recipe.learning_rate:g}, "
        f"schedule {recipe.schedule}, warm-up over {recipe.warmup:.0%} of the run; binary cross-entropy; "
        f"{recipe.precision}.",
        f"Augmentation: {inversion}, rotation up to {augmentation.rotation_degrees:g} degrees. Seed {recipe.seed}.",
        f"Kept: epoch {kept.epoch}, for {_RULES[recipe.rule]}.",
    )
    return "\n".join(f"- {line}" for line in lines)


def _band(band: float) -> str:
    return "" if band == 1 else f" on the middle {band:.0%} of the rows"
