"""What a run trains on and is measured on: a data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from densexplain.data_sets.mura import LabelledRadiograph, check_both_findings, read_data_set
from densexplain.data_sets.readable import readable_items
from densexplain.phantom.truth import check_truth, truth_folder
from densexplain.progress import Report
from densexplain.training.batches import RadiographBatches
from densexplain.training.labels import group_reader
from densexplain.training.phantoms.phantom_batches import PhantomBatches
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.distribution import Share
from densexplain.vocabulary import Finding, Split

EpochBatches = RadiographBatches | PhantomBatches


class TrainingData(Protocol):
    """What a run trains on and is measured on."""

    train_items: tuple[LabelledRadiograph, ...]
    """Radiographs that are trained on, or that stand for those."""
    valid_items: tuple[LabelledRadiograph, ...]
    """Radiographs that the run is measured on."""
    valid_skipped: int
    """How many of those listed cannot be read."""
    truth: Path | None
    """Root of a data set that knows the abnormalities of `valid_items`, of those that are its own."""

    def batches(self, epoch: int, share: Share, first_step: int = 0) -> EpochBatches:
        """What one process reads in an epoch, counted from 0, from a step of it on."""

    def samples(self, step: GrowthStep) -> RadiographBatches:
        """Training radiographs, varied as in training, that no weight is changed by."""

    def close(self) -> None:
        """Let go of whatever was started for the run."""


class DataSetTraining:
    """Training on a data set in MURA's layout.

    Parameters
    ----------
    recipe
        Batch size, augmentation, seed and the like.
    folder
        The data set's root.
    extremities
        Which extremity types; empty means all.
    report
        Receives lines of progress.

    Raises
    ------
    DataSetError
        If either split cannot be used, or the recipe asks for regions or groups
        and there is no truth.
    """

    def __init__(self, recipe: Recipe, folder: Path, extremities: tuple[str, ...], report: Report) -> None:
        self._recipe = recipe
        self.train_items = read_data_set(folder, Split.TRAIN, extremities, report)
        listed = read_data_set(folder, Split.VALID, extremities, report)
        self.valid_items, skipped = readable_items(listed, report)
        self.valid_skipped = len(skipped)
        check_both_findings(self.train_items)
        check_both_findings(self.valid_items)
        if recipe.regions or recipe.groups:
            check_truth(folder)
        self.truth = truth_folder(folder)
        self._truth = folder if recipe.regions else None
        self._group_of = group_reader(folder) if recipe.groups else None

    def batches(self, epoch: int, share: Share, first_step: int = 0) -> RadiographBatches:
        """What one process reads in an epoch, counted from 0, from a step of it on."""
        recipe, step = self._recipe, self._recipe.growth_step(epoch)
        return RadiographBatches(
            self.train_items,
            replace(recipe.specification, size_px=step.size_px),
            recipe.batch_size,
            recipe.augmentation,
            recipe.seed,
            epoch,
            band=step.band,
            shard=(share.process, share.processes),
            first_step=first_step,
            class_weights=class_weights(self.train_items) if recipe.class_weighting else None,
            truth=self._truth,
            groups=recipe.groups,
            group_of=self._group_of,
        )

    def samples(self, step: GrowthStep) -> RadiographBatches:
        """Batches of an epoch that is never trained on."""
        return sample_batches(self._recipe, self.train_items, step)

    def close(self) -> None:
        """Nothing was started."""


def sample_batches(recipe: Recipe, items: tuple[LabelledRadiograph, ...], step: GrowthStep) -> RadiographBatches:
    """Radiographs varied as in training, in the order of the epoch after the last."""
    return RadiographBatches(
        items,
        replace(recipe.specification, size_px=step.size_px),
        recipe.batch_size,
        recipe.augmentation,
        recipe.seed,
        recipe.epochs,
        band=step.band,
    )


def class_weights(items: tuple[LabelledRadiograph, ...]) -> tuple[float, float]:
    """Weights of normal and abnormal radiographs, one on average."""
    images = len(items)
    abnormal = sum(item.finding is Finding.ABNORMAL for item in items)
    return images / (2 * (images - abnormal)), images / (2 * abnormal)
