"""The defaults are the paper's, and impossible settings are refused."""

import pytest

from densexplain.errors import OptionError
from densexplain.training.recipe import Recipe
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
    recipe = Recipe(epochs=11, growth=((7, 112), (2, 160)))
    assert [recipe.size_px(epoch) for epoch in range(11)] == [112] * 7 + [160] * 2 + [320] * 2


def test_without_growth_every_epoch_has_the_final_size():
    assert {Recipe().size_px(epoch) for epoch in range(32)} == {320}


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
        {"growth": ((32, 160),)},
        {"growth": ((1, 16),)},
        {"growth": ((0, 160),)},
        {"precision": "float16"},
        {"architecture": "resnet50"},
        {"seed": -1},
    ],
    ids=str,
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(OptionError, match="received"):
        Recipe(**settings)


def test_a_manifest_can_hold_the_settings():
    settings = Recipe(growth=((1, 160),)).as_dict()
    assert settings["specification"]["size_px"] == 320
    assert settings["growth"] == ((1, 160),)
