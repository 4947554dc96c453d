"""The paper's four model sets by name."""

from densexplain.cli.parser import build_parser
from densexplain.cli.training.train_options import extremities_of, recipe_of, text_of
from densexplain.training.recipe import Recipe


def _arguments(*options):
    return build_parser().parse_args(["train", "--data", "data", *options])


def test_the_four_model_sets_differ_in_radiographs_and_initial_weights():
    made = {}
    for name in ("all-extremities", "wrist", "wrist-random-init", "finger"):
        arguments = _arguments("--recipe", name)
        made[text_of(arguments).name] = (extremities_of(arguments), recipe_of(arguments).init)
    assert made == {
        "all-extremities": ((), "imagenet"),
        "wrist": (("wrist",), "imagenet"),
        "wrist-random-init": (("wrist",), "random"),
        "finger": (("finger",), "imagenet"),
    }


def test_everything_else_is_the_papers():
    recipe = recipe_of(_arguments("--recipe", "wrist"))
    assert recipe == Recipe(init="imagenet")


def test_options_override_the_name():
    arguments = _arguments("--recipe", "wrist", "--model-set", "mine", "--extremity", "hand", "--init", "random")
    assert (text_of(arguments).name, extremities_of(arguments)) == ("mine", ("hand",))
    assert recipe_of(arguments) == Recipe()
