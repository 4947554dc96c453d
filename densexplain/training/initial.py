"""The weights that a run starts from."""

from __future__ import annotations

from densexplain.errors import OptionError
from densexplain.network.catalogue import find_model_set
from densexplain.network.manifest import read_manifest
from densexplain.network.parameters import ARCHITECTURES
from densexplain.network.weights import Tensors
from densexplain.network.weights_file import read_weights
from densexplain.training.recipe import Recipe


def initial_tensors(recipe: Recipe) -> Tensors:
    """Tensors to put into the network before its first step; empty for random ones."""
    if recipe.init == "random":
        return {}
    folder = find_model_set(recipe.init)
    manifest = read_manifest(folder)
    if manifest.architecture != ARCHITECTURES[recipe.architecture]:
        raise OptionError(
            f"expected a {recipe.architecture} to start from; model set {recipe.init} is {manifest.architecture_name}"
        )
    return read_weights(folder, manifest)
