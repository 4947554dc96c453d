"""Reading and describing a data set of the paper's size: its 14,656 studies, 40,561 tiny images."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure, seconds_of
from mura_tree import write_mura

from densexplain.data_sets.inventory import Inventory, take_inventory
from densexplain.data_sets.mura import read_data_set
from densexplain.data_sets.mura_counts import MURA_STUDIES
from densexplain.vocabulary import Split

_IMAGES = 40_561
_LIMIT_SECONDS = 10


def measure() -> list[Figure]:
    found: list[Inventory] = []
    # In memory where there is such a place: 84,000 files and folders are no test of a disk.
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        folder = Path(name)
        writing = seconds_of(lambda: write_mura(folder, _IMAGES))
        listing = seconds_of(lambda: [read_data_set(folder, split) for split in Split])
        describing = seconds_of(lambda: found.append(take_inventory(folder, (), lambda line: None)))
    inventory = found[0]
    right = inventory.studies == MURA_STUDIES and sum(inventory.images.values()) == _IMAGES
    return [
        Figure(
            "data_set",
            "the paper's 14,656 studies read and described",
            f"< {_LIMIT_SECONDS} s",
            f"{describing:.1f} s",
            right and not inventory.problems and describing < _LIMIT_SECONDS,
            f"{inventory.cells_as_in_the_paper} of 28 cells as in the paper, {_IMAGES} images of 2 x 2 px decoded; "
            f"listed for training in {listing:.1f} s, written in {writing:.1f} s",
        )
    ]
