"""A state made small holds what a run needs, and the run goes on from it."""

import dataclasses

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.errors import TrainingError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.compiled import compiled_network
from densexplain.training.initial import InitialWeights
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.carried_state import read_carried, write_carried
from densexplain.training.run.run_options import RunOptions
from densexplain.training.run.state import EpochProgress, RunState
from densexplain.training.trainer import Trainer
from densexplain.vocabulary import EpochRule, Schedule

_RECIPE = Recipe(
    "tiny",
    InputSpecification(size_px=32),
    epochs=3,
    batch_size=6,
    learning_rate=3e-3,
    schedule=Schedule.CONSTANT,
    rule=EpochRule.LAST,
    averaging=0.9,
    seed=2,
)
_SETTINGS = {"recipe": "any"}


@pytest.fixture(scope="module")
def trained():
    model, draw = compiled_network(_RECIPE, InitialWeights(), 30), np.random.default_rng(0)
    for _ in range(4):
        inputs = draw.normal(size=(6, 32, 32, 3)).astype(np.float32)
        model.train_on_batch(inputs, np.array([[0], [1], [0], [1], [1], [0]], np.float32))
    return model


def _slot(model, name):
    variable = next(variable for variable in model.optimizer.variables if variable.path.endswith(name))
    return np.asarray(keras.ops.convert_to_numpy(variable.value))


def test_weights_steps_and_second_moments_are_carried(trained, tmp_path):
    state = RunState(progress=EpochProgress(step=4, seconds=2.5, logs={"loss": 0.5}, metrics=(np.array([3.0]),)))
    write_carried(tmp_path / "small", trained, state, _SETTINGS)
    fresh = compiled_network(dataclasses.replace(_RECIPE, seed=9), InitialWeights(), 30)
    carried = read_carried(tmp_path / "small", fresh, _SETTINGS)
    assert (carried.progress.step, carried.progress.seconds, carried.progress.logs) == (4, 2.5, {"loss": 0.5})
    assert [value.tolist() for value in carried.progress.metrics] == [[3.0]]
    assert int(fresh.optimizer.iterations) == 4
    expected = tensors_of(trained)
    for name, tensor in tensors_of(fresh).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=1e-3, atol=1e-6, err_msg=name)
    np.testing.assert_array_equal(tensors_of(fresh)["bn/moving_variance"], expected["bn/moving_variance"])

    kernel, theirs = (_slot(model, "conv1_conv_kernel_velocity").reshape(-1, 16) for model in (fresh, trained))
    np.testing.assert_allclose(kernel.sum(axis=0), theirs.sum(axis=0), rtol=1e-4)
    np.testing.assert_allclose(kernel.sum(axis=1), theirs.sum(axis=1), rtol=1e-4)
    gamma = "conv1_bn_gamma_velocity"
    np.testing.assert_array_equal(_slot(fresh, gamma), _slot(trained, gamma))
    assert not _slot(fresh, "conv1_conv_kernel_momentum").any()
    np.testing.assert_array_equal(_slot(fresh, "conv1_conv_kernel_average"), tensors_of(fresh)["conv1_conv/kernel"])


def test_a_run_goes_on_from_a_carried_state(data_set, tmp_path):
    class EnoughError(Exception):
        pass

    def stop(line):
        if line.startswith("epoch 1/3 done"):
            raise EnoughError

    recipe = dataclasses.replace(_RECIPE, growth=(GrowthStep(2, 32),))
    here, there, small = tmp_path / "here", tmp_path / "there", tmp_path / "small"
    with pytest.raises(EnoughError):
        Trainer(recipe, data_set, (), here, stop).train()
    Trainer(recipe, data_set, (), here, print).export(small)
    assert small.stat().st_size < (here / "state.safetensors").stat().st_size / 3
    lines = []
    options = RunOptions(resume_from=small)
    _, state = Trainer(recipe, data_set, (), there, lines.append, options).train()
    assert lines[0] == "going on after epoch 1 of 3"
    assert [record.epoch for record in state.history] == [1, 2, 3]
    # The folder's own state comes first from now on.
    _, again = Trainer(recipe, data_set, (), there, lines.append, RunOptions(resume_from=tmp_path / "none")).train()
    assert again.history == state.history
    with pytest.raises(TrainingError, match="finish it where it is"):
        Trainer(recipe, data_set, (), there, print).export(small)


def test_what_has_not_begun_is_not_written(trained, tmp_path):
    with pytest.raises(TrainingError, match="no state"):
        write_carried(tmp_path / "small", trained, RunState(), _SETTINGS)
    assert not list(tmp_path.iterdir())


def test_a_state_of_another_run_or_none_is_refused(trained, tmp_path):
    write_carried(tmp_path / "small", trained, RunState(progress=EpochProgress(step=1)), _SETTINGS)
    with pytest.raises(TrainingError, match="same settings"):
        read_carried(tmp_path / "small", trained, {"recipe": "another"})
    (tmp_path / "text").write_text("no state")
    with pytest.raises(TrainingError, match="cannot be read"):
        read_carried(tmp_path / "text", trained, _SETTINGS)


def test_a_place_that_cannot_be_written_is_one_sentence(trained, tmp_path):
    with pytest.raises(TrainingError, match="could not be written"):
        write_carried(tmp_path / "none" / "small", trained, RunState(progress=EpochProgress(step=1)), _SETTINGS)
