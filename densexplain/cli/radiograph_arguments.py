"""Arguments that say which part of a radiograph is explained, and how."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from densexplain.errors import OptionError
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.vocabulary import Ranking

SIDES = ("TOP", "LEFT", "HEIGHT", "WIDTH")
"""Names of the four numbers of a box in pixels of the file."""


def add_crop_arguments(parser: ArgumentParser, help_text: str = "box in pixels of the file") -> None:
    """Declare crop and rotation of one file."""
    parser.add_argument("--crop", type=int, nargs=4, metavar=SIDES, help=help_text)
    parser.add_argument("--rotate", type=float, default=0.0, metavar="DEGREES", help="counter-clockwise")


def add_view_arguments(parser: ArgumentParser) -> None:
    """Declare how a file is looked at, crop and rotation apart."""
    parser.add_argument("--flip", action="store_true", help="mirror left and right")
    parser.add_argument("--invert", action="store_true", help="exchange bright and dark")
    parser.add_argument(
        "--frame", dest="frame_number", type=int, metavar="N", help="image of a multi-frame DICOM, from 1"
    )


def add_ranking_argument(parser: ArgumentParser) -> None:
    """Declare how the 16 maps of a stage are chosen."""
    parser.add_argument(
        "--ranking",
        type=Ranking,
        choices=list(Ranking),
        default=Ranking.MEAN,
        help="how the 16 maps of a stage are chosen (default: %(default)s)",
    )


def geometry_of(arguments: Namespace) -> Geometry:
    """Crop and rotation as given to a command that takes one file.

    Raises
    ------
    OptionError
        If the rotation is out of range.
    """
    crop = None if arguments.crop is None else Crop(*arguments.crop)
    return Geometry(crop, arguments.rotate, arguments.flip, arguments.invert)


def geometries_of(arguments: Namespace) -> list[Geometry]:
    """Crop and rotation of each file as given.

    Raises
    ------
    OptionError
        If a rotation is out of range, or crops or rotations are given, but not one for each file.
    """
    count = len(arguments.files)
    for option, given in (("--crop", arguments.crop), ("--rotate", arguments.rotate)):
        if len(given) not in (0, count):
            raise OptionError(
                f"expected `{option}` once for each of {count} files, or not at all; received {len(given)}"
            )
    crops: list[Crop | None] = [Crop(*sides) for sides in arguments.crop] or [None] * count
    angles = arguments.rotate or [0.0] * count
    return [Geometry(crop, angle, arguments.flip, arguments.invert) for crop, angle in zip(crops, angles, strict=True)]


def add_class_argument(parser: ArgumentParser) -> None:
    """Declare which class of a network with several is explained."""
    parser.add_argument(
        "--class",
        dest="output_class",
        metavar="NAME",
        help="class to explain, of a model set with several (default: the most probable that is not normal)",
    )
