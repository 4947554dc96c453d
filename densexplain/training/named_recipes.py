"""The paper's four model sets as recipes with a name.

All four share the paper's settings, which are the defaults of
`densexplain.training.recipe.Recipe`; they differ in the radiographs and in the
weights they start from (Ngan et al., medRxiv 19013730, table 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.training.recipe import IMAGENET, RANDOM


@dataclass(frozen=True)
class NamedRecipe:
    """What a name stands for; every part can be overridden by an option.

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
