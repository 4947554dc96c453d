"""A run on fresh phantoms learns regions, is measured on others, and goes on in the middle of an epoch."""

import dataclasses
import os
import signal
import threading
import time

import numpy as np
import pytest

from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import OptionError, TrainingError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.card import ModelSetText, model_card
from densexplain.training.phantoms.phantom_plan import PhantomPlan
from densexplain.training.phantoms.phantom_training import PhantomTraining
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.run_options import RunOptions
from densexplain.training.trainer import Trainer
from densexplain.vocabulary import EpochRule, ExtremityType

_PLAN = PhantomPlan(images=18, share=0.67, repeats=2, extremities=(ExtremityType.FINGER,), held_out=8, held_out_seed=1)
_RECIPE = Recipe(
    architecture="tiny",
    specification=InputSpecification(size_px=32),
    augmentation=Augmentation(rotation_degrees=5),
    epochs=2,
    batch_size=6,
    learning_rate=3e-3,
    rule=EpochRule.LAST,
    regions=1.0,
    phantoms=_PLAN,
    averaging=0.9,
    statistics_batches=1,
    seed=4,
)
_OPTIONS = RunOptions(state_every_steps=1, progress_seconds=0)


class InterruptedRunError(Exception):
    pass


@pytest.fixture(scope="module")
def undisturbed(data_set, tmp_path_factory):
    run, lines = tmp_path_factory.mktemp("run"), []
    trainer = Trainer(_RECIPE, data_set, (), run, lines.append, _OPTIONS)
    return run, trainer, lines, *trainer.train()


def test_a_run_ends_in_a_plain_classifier(undisturbed):
    _, _, _, model, state = undisturbed
    assert [record.size_px for record in state.history] == [32, 32]
    assert {name: tensor.shape for name, tensor in tensors_of(model).items()} == tensor_shapes(ARCHITECTURES["tiny"])


def test_it_is_measured_on_held_out_phantoms_and_the_data_sets_share(undisturbed):
    run, trainer, *_ = undisturbed
    drawn = [item for item in trainer.valid_items if run in item.path.parents]
    assert (len(drawn), len(trainer.valid_items) - len(drawn)) == (4, 2)
    assert {item.split for item in trainer.valid_items} == {"valid"}
    assert len(trainer.train_items) == 6


def test_the_card_says_what_was_seen(undisturbed):
    _, trainer, _, _, state = undisturbed
    text = ModelSetText("fingers", "Fingers", "1", "Testing.", "Anything else.", "Made by a test.")
    card = model_card(text, trainer.recipe, (6, 6), state.kept, ("finger", "wrist"), "Not measured yet.")
    assert "18 radiographs an epoch (finger, wrist), phantoms drawn while the run went on, 33% of each batch" in card
    assert "each phantom seen 2 times, least severity 1 at first and 0.25 after 50% of the run" in card
    assert "which regions each cell" in card
    assert "kept 0.9 of themselves" in card


def test_progress_tells_the_labels_loss_and_the_regions(undisturbed):
    lines = undisturbed[2]
    assert any("epoch 2/2 at 32 px  step 3/3  loss " in line and "  regions " in line for line in lines)


def test_a_run_killed_within_an_epoch_ends_in_the_same_weights(data_set, undisturbed, tmp_path):
    (tmp_path / "held-out").symlink_to(undisturbed[0] / "held-out")

    def stop(line):
        if line.startswith("epoch 2/2 at 32 px  step 2/3"):
            raise InterruptedRunError

    with pytest.raises(InterruptedRunError):
        Trainer(_RECIPE, data_set, (), tmp_path, stop, _OPTIONS).train()
    lines = []
    model, state = Trainer(_RECIPE, data_set, (), tmp_path, lines.append, _OPTIONS).train()
    assert any(line.startswith("going on after epoch") for line in lines)
    _, _, _, expected_model, expected_state = undisturbed
    received = tensors_of(model)
    for name, tensor in tensors_of(expected_model).items():
        np.testing.assert_array_equal(received[name], tensor, err_msg=name)
    timeless = [[dataclasses.replace(record, seconds=0) for record in run.history] for run in (state, expected_state)]
    assert timeless[0] == timeless[1]


def test_a_run_whose_phantoms_end_is_one_clear_sentence(data_set, undisturbed, tmp_path):
    (tmp_path / "held-out").symlink_to(undisturbed[0] / "held-out")
    trainer = Trainer(_RECIPE, data_set, (), tmp_path, lambda line: None, _OPTIONS)

    def kill():
        stream = trainer._data._stream
        while stream._pool is None or not stream._pool._processes:
            time.sleep(0.01)
        for pid in list(stream._pool._processes):
            os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(TrainingError, match="process that draws phantoms to go on; it has ended"):
        trainer.train()


def test_phantoms_are_drawn_for_the_epochs_size_and_get_harder(data_set, undisturbed):
    recipe = dataclasses.replace(_RECIPE, specification=InputSpecification(size_px=48), growth=(GrowthStep(1, 32),))
    training = _training(undisturbed, data_set, recipe)
    described = [training.description(number) for number in range(12)]
    assert [one.size_px for one in described] == [96] * 6 + [144] * 6
    for enlargement, size_px in ((1.0, 64), (8.0, 256)):  # 32 px is less than can be drawn
        recipe = dataclasses.replace(_RECIPE, phantoms=dataclasses.replace(_PLAN, enlargement=enlargement))
        assert _training(undisturbed, data_set, recipe).description(11).size_px == size_px
    recipe = dataclasses.replace(_RECIPE, specification=InputSpecification(size_px=320))
    assert _training(undisturbed, data_set, recipe).description(11).size_px == 512  # as the held-out ones are
    least = [_PLAN.least_severity(number / 12) for number in range(12)]
    assert least[0] == 1.0
    assert least[6:] == [0.25] * 6
    assert all(one.severity >= low for one, low in zip(described, least, strict=True))
    assert min(one.severity for one in described) < 0.9


def _training(undisturbed, data_set, recipe):
    return PhantomTraining(recipe, data_set, (), undisturbed[0], 1, lambda line: None)


@pytest.mark.parametrize(
    ("share", "with_data", "images", "words"),
    [
        (1.0, True, 18, "0 radiographs of a data set"),
        (0.5, False, 18, "3 radiographs of a data set"),
        (1.0, False, 5, "shorter than the batch"),
    ],
)
def test_a_mixture_that_does_not_fit_is_refused_before_anything_is_drawn(
    data_set, tmp_path, share, with_data, images, words
):
    plan = dataclasses.replace(_PLAN, share=share, images=images)
    with pytest.raises(OptionError, match=words):
        Trainer(
            dataclasses.replace(_RECIPE, phantoms=plan), data_set if with_data else None, (), tmp_path / "run", print
        )
    assert not (tmp_path / "run").exists()


def test_a_run_needs_radiographs(tmp_path):
    with pytest.raises(OptionError, match="received neither"):
        Trainer(dataclasses.replace(_RECIPE, phantoms=None), None, (), tmp_path, print)


@pytest.mark.parametrize(
    "settings",
    [
        {"images": 0},
        {"share": 0.0},
        {"share": 1.1},
        {"repeats": 0},
        {"extremities": ()},
        {"severity": (1.0, -0.1)},
        {"severity_until": 0.0},
        {"enlargement": 0.5},
        {"held_out": 4},
        {"held_out_seed": -1},
    ],
    ids=str,
)
def test_impossible_plans_are_refused(settings):
    with pytest.raises(OptionError, match=f"phantoms.{next(iter(settings))}"):
        PhantomPlan(**settings)
