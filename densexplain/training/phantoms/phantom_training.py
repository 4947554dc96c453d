"""What a run trains on and is measured on: phantoms drawn while it goes on, and a data set among them if one likes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from densexplain.data_sets.mura import LabelledRadiograph, check_both_findings, read_data_set
from densexplain.data_sets.readable import readable_items
from densexplain.errors import OptionError
from densexplain.phantom.data_set import DataSetPlan, write_data_set
from densexplain.phantom.numbered import PhantomRow
from densexplain.phantom.phantom import PhantomDescription
from densexplain.progress import Report
from densexplain.training.batches import RadiographBatches
from densexplain.training.phantoms.phantom_batches import Mixture, PhantomBatches
from densexplain.training.phantoms.phantom_plan import PhantomPlan
from densexplain.training.phantoms.phantom_stream import PhantomStream
from densexplain.training.preparation import Preparation
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.distribution import Share
from densexplain.training.training_data import sample_batches
from densexplain.vocabulary import Split

HELD_OUT_FOLDER = "held-out"
"""In the run's folder: phantoms of another seed, drawn before the first step."""

_AHEAD = 64
_LEAST_PX, _USUAL_PX = 64, DataSetPlan(1).size_px
"""Least and greatest edge that phantoms are drawn at; held-out ones are drawn at the latter."""


class PhantomTraining:
    """Training on fresh phantoms.

    Parameters
    ----------
    recipe
        With its plan of phantoms.
    folder
        A data set that gives the rest of each batch; None where phantoms are all.
    extremities
        Extremity types of the data set; empty means all.
    run
        The run's folder.
    processes
        How many draw phantoms.
    report
        Receives lines of progress.

    Raises
    ------
    OptionError
        If a batch is to hold a data set's radiographs and none is given, or the
        other way round.
    DataSetError
        If the data set cannot be used.
    """

    def __init__(
        self,
        recipe: Recipe,
        folder: Path | None,
        extremities: tuple[str, ...],
        run: Path,
        processes: int,
        report: Report,
    ) -> None:
        assert recipe.phantoms is not None
        self._recipe, self._plan = recipe, recipe.phantoms
        self._mixture = mixture_of(recipe, self._plan, folder is not None)
        held_out = run / HELD_OUT_FOLDER
        self.truth: Path | None = held_out
        report(f"drawing the {self._plan.held_out} phantoms that are held out, as far as they are not there yet")
        write_data_set(held_out, _held_out_plan(self._plan), processes, report)
        self._items = () if folder is None else read_data_set(folder, Split.TRAIN, extremities, report)
        others = () if folder is None else read_data_set(folder, Split.VALID, extremities, report)
        self.train_items = self._with_share(read_data_set(held_out, Split.TRAIN), self._items)
        listed = self._with_share(read_data_set(held_out, Split.VALID), others)
        self.valid_items, skipped = readable_items(listed, report)
        self.valid_skipped = len(skipped)
        check_both_findings(self.train_items)
        check_both_findings(self.valid_items)
        distinct = self._mixture.distinct
        ahead = distinct if self._plan.repeats > 1 else max(_AHEAD, 2 * recipe.batch_size)
        self._row = PhantomRow(recipe.seed, self._plan.extremities)
        self._stream = PhantomStream(self.description, distinct * recipe.epochs, processes, ahead)

    def description(self, number: int) -> PhantomDescription:
        """What is simulated for a number of the run's row of phantoms."""
        distinct, plan = self._mixture.distinct, self._plan
        size_px = round(plan.enlargement * self._recipe.growth_step(number // distinct).size_px)
        size_px = max(_LEAST_PX, min(size_px, _USUAL_PX))
        least = plan.least_severity(number / (distinct * self._recipe.epochs))
        return self._row.description(number, least, size_px)

    def batches(self, epoch: int, share: Share, first_step: int = 0) -> PhantomBatches:
        """What the run reads in an epoch, counted from 0, from a step of it on.

        Raises
        ------
        OptionError
            If several processes train.
        """
        if share.processes > 1:
            raise OptionError("phantoms are drawn for one process that trains; received several")
        recipe, step = self._recipe, self._recipe.growth_step(epoch)
        specification = replace(recipe.specification, size_px=step.size_px)
        preparation = Preparation(specification, recipe.augmentation, step.band)
        return PhantomBatches(
            self._mixture,
            self._stream,
            self._items,
            preparation,
            epoch,
            first_step,
            recipe.regions > 0,
            recipe.groups,
        )

    def samples(self, step: GrowthStep) -> RadiographBatches:
        """Held-out phantoms, and radiographs of the data set as often as in training."""
        return sample_batches(self._recipe, self.train_items, step)

    def close(self) -> None:
        """End the processes that draw."""
        self._stream.close()

    def _with_share(
        self, phantoms: tuple[LabelledRadiograph, ...], others: tuple[LabelledRadiograph, ...]
    ) -> tuple[LabelledRadiograph, ...]:
        """Phantoms, and of the data set as many as there are to each phantom in a batch, evenly chosen."""
        wanted = min(len(others), round(len(phantoms) * self._mixture.others / self._mixture.phantoms))
        return phantoms + tuple(others[place * len(others) // wanted] for place in range(wanted))


def mixture_of(recipe: Recipe, plan: PhantomPlan, with_data: bool) -> Mixture:
    """Put together what the steps of a run consist of.

    Raises
    ------
    OptionError
        If a data set is given for a share of nothing or missing for a share of
        something, or an epoch is shorter than a batch.
    """
    phantoms = plan.phantoms_in_batch(recipe.batch_size)
    others = recipe.batch_size - phantoms
    if with_data != (others > 0):
        raise OptionError(
            f"a batch of {recipe.batch_size} holds {others} radiographs of a data set at a share of {plan.share:g} "
            f"phantoms; {'one' if with_data else 'none'} is given"
        )
    if plan.images < recipe.batch_size:
        raise OptionError(
            f"an epoch of {plan.images} radiographs is shorter than the batch of {recipe.batch_size}; ask for more"
        )
    return Mixture(recipe.seed, plan.images // recipe.batch_size, phantoms, others, plan.repeats)


def _held_out_plan(plan: PhantomPlan) -> DataSetPlan:
    return DataSetPlan(
        images=plan.held_out,
        extremities=plan.extremities,
        seed=plan.held_out_seed,
        valid_share=0.5,
        abnormal_share=0.5,
        severity=(min(plan.severity), 1.0),
    )
