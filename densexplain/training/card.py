"""The model card: what a model set was made from, what it reaches, what it is not for."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.evaluation.card_section import MEASURED_HEADING
from densexplain.provenance import NOTICE
from densexplain.training.recipe import Recipe
from densexplain.training.selection import EpochRecord
from densexplain.vocabulary import EpochRule, ResizeMode

_RULES = {
    EpochRule.DIFFERENCE: "the least difference between training and validation accuracy (the paper's rule)",
    EpochRule.KAPPA: "the highest kappa on the validation radiographs",
    EpochRule.LOSS: "the lowest loss on the validation radiographs",
    EpochRule.LAST: "being the last",
}


@dataclass(frozen=True)
class ModelSetText:
    """Description of a model set, in words.

    Parameters
    ----------
    name
        Name of the model set and its folder.
    title, version
        What a reader sees.
    purpose, not_for
        One sentence each.
    attribution
        Source of the radiographs it was trained on, and their licence.
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
    extremities: tuple[str, ...],
    measured: str,
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
    extremities
        Extremity types of the data.
    measured
        What `evaluate` says of the stored weights, Markdown without headings above the third level.

    Returns
    -------
    str
        Markdown.
    """
    sections = [
        f"# {text.title}",
        f"Model set `{text.name}`, version {text.version}. **{NOTICE}.**",
        f"**Meant for.** {text.purpose}",
        f"**Not for.** {text.not_for}",
        MEASURED_HEADING,
        measured,
        "## Training",
        _training(recipe, counts, kept, extremities),
        "## Data",
        text.attribution or "The source of these radiographs and their licence were not stated.",
    ]
    return "\n\n".join(sections) + "\n"


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
        _radiographs(recipe, counts, extremities),
        f"{recipe.epochs} epochs{growth}; batches of {recipe.batch_size}.",
        f"Adam (beta1 {recipe.beta1:g}, beta2 {recipe.beta2:g}), learning rate {recipe.learning_rate:g}, "
        f"schedule {recipe.schedule}, warm-up over {recipe.warmup:.0%} of the run; binary cross-entropy; "
        f"{recipe.precision}.",
        f"Augmentation: {inversion}, rotation up to {augmentation.rotation_degrees:g} degrees"
        f"{_more_augmentation(recipe)}. Seed {recipe.seed}.",
        f"Kept: epoch {kept.epoch}, for {_RULES[recipe.rule]}.",
    )
    options = (
        (
            "Beside the label, which regions each cell of the last maps of dense blocks 2, 3 and 4 holds was learnt "
            f"where it is known, with a weight of {recipe.regions:g}; what predicted them is no part of the model set.",
            recipe.regions > 0,
        ),
        (
            f"The weights are running averages that kept {recipe.averaging:g} of themselves in each step.",
            recipe.averaging > 0,
        ),
        ("The loss weights normal and abnormal radiographs equally in all.", recipe.class_weighting),
        (
            "The means and variances of the batch normalisations were recomputed for the kept weights, over "
            f"{recipe.statistics_batches} batches; the figures of single epochs are those before it.",
            recipe.statistics_batches > 0,
        ),
        (f"Gradients of a norm over {recipe.clip_norm:g} were shortened to it.", recipe.clip_norm > 0),
        (f"To stop after {recipe.early_stopping} epochs without a lower loss.", recipe.early_stopping > 0),
    )
    return "\n".join(f"- {line}" for line in (*lines, *(line for line, holds in options if holds)))


def _radiographs(recipe: Recipe, counts: tuple[int, int], extremities: tuple[str, ...]) -> str:
    plan = recipe.phantoms
    if plan is None:
        return f"{counts[0]} radiographs ({', '.join(extremities)}) to train on, {counts[1]} to choose the epoch on."
    first, last = plan.severity
    rest = f", {1 - plan.share:.0%} of each batch radiographs of the data set" if plan.share < 1 else ""
    return (
        f"{plan.images} radiographs an epoch ({', '.join(extremities)}), phantoms drawn while the run went on{rest}; "
        f"each phantom seen {plan.repeats} times, least severity {first:g} at first and {last:g} after "
        f"{plan.severity_until:.0%} of the run; {counts[1]} radiographs to choose the epoch on."
    )


def _more_augmentation(recipe: Recipe) -> str:
    zoom, gamma = recipe.augmentation.zoom, recipe.augmentation.gamma
    parts = (
        f", zoom up to {zoom:.0%}" if zoom else "",
        f", exposure by up to 2 to the power of {gamma:g}" * (gamma > 0),
    )
    return "".join(parts)


def _band(band: float) -> str:
    return "" if band == 1 else f" on the middle {band:.0%} of the rows"
