"""A model set small enough for tests, with the real layer names."""

from pathlib import Path

import keras

from densexplain.network.densenet import build_densenet
from densexplain.network.model_set import write_model_set
from densexplain.network.parameters import ARCHITECTURES
from densexplain.radiograph.preprocessing import InputSpecification

ROOT = Path(__file__).resolve().parent.parent


def write_tiny(folder: Path, seed: int, title: str) -> None:
    """Write a network of random weights as a model set named like its folder."""
    keras.utils.set_random_seed(seed)
    write_model_set(
        folder,
        build_densenet(ARCHITECTURES["tiny"], 64),
        name=folder.name,
        title=title,
        version="1",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny",
        specification=InputSpecification(size_px=64),
        card=f"# {title}\n",
    )
