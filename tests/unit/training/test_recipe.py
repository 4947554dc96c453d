"""The defaults are the paper's, and impossible settings are refused."""

import pytest

from densexplain.errors import OptionError
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.vocabulary import EpochRule, Schedule


def test_the_defaults_are_the_papers():
    recipe = Recipe()
    assert recipe.architecture == "densenet169"
    assert (recipe.specification.size_px, recipe.specification.resize) == (320, "stretch")
    assert (recipe.epochs, recipe.batch_size) == (32, 8)
    assert (recipe.learning_rate, recipe.beta1, recipe.beta2) == (1e-4, 0.9, 0.999)
    assert (recipe.schedule, recipe.rule) == (Schedule.PAPER, EpochRule.DIFFERENCE)
    assert (recipe.augmentation.lateral_inversion, recipe.augmentation.rotation_degrees) == (True, 30)
    assert (recipe.growth, recipe.warmup, recipe.precision) == ((), 0, "float32")


def test_images_grow_as_told():
    recipe = Recipe(epochs=11, growth=(GrowthStep(7, 112), GrowthStep(2, 160, 0.5)))
    steps = [recipe.growth_step(epoch) for epoch in range(11)]
    assert [step.size_px for step in steps] == [112] * 7 + [160] * 2 + [320] * 2
    assert [step.band for step in steps] == [1] * 7 + [0.5] * 2 + [1] * 2
    assert [recipe.is_final(epoch) for epoch in range(11)] == [False] * 9 + [True] * 2


def test_without_growth_every_epoch_has_the_final_size():
    assert {Recipe().growth_step(epoch) for epoch in range(32)} == {GrowthStep(32, 320)}
    assert Recipe().is_final(0)


@pytest.mark.parametrize(
    "settings",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0},
        {"learning_rate": float("nan")},
        {"warmup": -0.1},
        {"warmup": 1},
        {"beta1": 1},
        {"beta2": -0.1},
        {"growth": (GrowthStep(32, 160),)},
        {"precision": "float16"},
        {"architecture": "resnet18"},
        {"seed": -1},
    ],
    ids=str,
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(OptionError, match="received"):
        Recipe(**settings)


@pytest.mark.parametrize("step", [(1, 16), (0, 160), (1, 160, 0.0), (1, 160, 1.1)], ids=str)
def test_impossible_growth_is_refused(step):
    with pytest.raises(OptionError, match="received"):
        GrowthStep(*step)


def test_a_manifest_can_hold_the_settings():
    settings = Recipe(growth=(GrowthStep(1, 160),)).as_dict()
    assert settings["specification"]["size_px"] == 320
    assert settings["growth"] == ({"epochs": 1, "size_px": 160, "band": 1.0},)
