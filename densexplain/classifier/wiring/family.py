"""What a family of networks states: one wiring, and the table of its stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from densexplain.classifier.wiring.parts import Parts


@dataclass(frozen=True)
class StageEnd:
    """Where a stage ends; its maps are the activations that the network itself goes on with.

    Parameters
    ----------
    name
        In records and file names, for example ``block1``.
    heading
        For a reader.
    layer
        Name of the layer whose output is shown; a ReLU, so its maps are >= 0.
    prefixes
        What the names of the stage's layers begin with, up to the first ``_``.
    """

    name: str
    heading: str
    layer: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Pretrained:
    """Weights of ImageNet that Keras distributes.

    Parameters
    ----------
    network
        Name in keras.applications.
    md5
        MD5 of the file without the head.
    url
        Address of that file.
    """

    network: str
    md5: str
    url: str


@dataclass(frozen=True)
class Family:
    """Networks of one wiring.

    Parameters
    ----------
    name
        In a manifest, for example ``densenet``.
    parameters
        Frozen dataclass of what tells one from another: whole numbers and tuples of them,
        checked when one is made (`ShapeError`).
    wire
        From parameters, normalised input (batch, rows, columns, 3) and parts to
        the maps of the stages in forward order; the last is what the head reads.
    stages
        One for each of those maps.
    architectures
        Members by the name a reader uses.
    pretrained
        ImageNet weights of some of them, by the same name.
    """

    name: str
    parameters: type
    wire: Callable[[Any, Any, Parts], tuple[Any, ...]]
    stages: tuple[StageEnd, ...]
    architectures: Mapping[str, Any]
    pretrained: Mapping[str, Pretrained] = field(default_factory=dict)
