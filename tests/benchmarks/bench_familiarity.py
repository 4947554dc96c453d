"""Foreign images told from the radiographs that the model set was trained on, kind by kind.

Everything that needs no data is drawn. Real radiographs come from two folders,
where the environment names them:

    DENSEXPLAIN_DATA       a data set in MURA's layout; its `valid` are familiar, and turned or inverted foreign
    DENSEXPLAIN_FOREIGN    a folder of PNG or JPEG images of something else, for example wrists for a knee network

Without the former, the area under the ROC curve is that against the training
radiographs held out of the fit, read off the quantiles in the manifest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from figures import Figure
from foreign_images import Pixels, foreign_images
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from subject import subject_folder

from densexplain.classifier.model_sets.manifest import FamiliarityRecord
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import read_data_set
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import prepare
from densexplain.settings import settings
from densexplain.vocabulary import Split

_LEAST_AUC, _MOST_WARNED = 0.98, 0.05
_EVERY = 3  # of the valid radiographs, this one is turned and inverted
_ONLY_TOLD = ("drawn knee phantom",)  # nearest to a radiograph of what is drawn; told, not promised
_ALTERED: dict[str, Callable[[Pixels], Pixels]] = {
    "upside down": lambda pixels: pixels[::-1],
    "inverted": lambda pixels: 1 - pixels,
    "turned by a quarter": np.rot90,
}


def measure() -> list[Figure]:
    with subject_folder() as folder:
        explainer = Explainer(load_model_set(folder))
    manifest = explainer.model_set.manifest
    record = manifest.familiarity
    if record is None:
        say = f"{manifest.name} was taught nothing; fit-familiarity does it"
        return [Figure("familiarity", "the model set knows its training radiographs", "yes", "no", False, say)]

    def distance(pixels: Pixels) -> float:
        found = explainer.explain(prepare(np.ascontiguousarray(pixels), manifest.specification)).familiarity
        assert found is not None
        return found.distance

    paths = [item.path for folder in settings().data_folders for item in read_data_set(folder, Split.VALID)]
    known = np.array([distance(read_training_image(path)) for path in paths])
    foreign: dict[str, list[float]] = {}
    for kind, pixels in _all_foreign(paths):
        foreign.setdefault(kind, []).append(distance(pixels))
    figures = [_kind(kind, np.array(distances), known, record) for kind, distances in foreign.items()]
    return ([_warned(known, record)] if len(known) else []) + figures


def _all_foreign(paths: list[Path]) -> Iterator[tuple[str, Pixels]]:
    yield from foreign_images()
    for kind, alter in _ALTERED.items():
        for path in paths[::_EVERY]:
            yield kind, alter(read_training_image(path))
    folder = os.environ.get("DENSEXPLAIN_FOREIGN")
    for path in sorted(Path(folder).iterdir()) if folder else []:
        if path.suffix.lower() in (".png", ".jpg", ".jpeg"):
            yield f"images of {Path(folder or '').name}", read_training_image(path)


def _warned(known: NDArray[np.float64], record: FamiliarityRecord) -> Figure:
    share, withheld = float(np.mean(known > record.warn_above)), float(np.mean(known > record.withhold_above))
    note = f"{len(known)} radiographs of `valid`, the label of {withheld:.2%} withheld"
    what = "true radiographs warned about"
    return Figure("familiarity", what, f"<= {_MOST_WARNED:.0%}", f"{share:.2%}", share <= _MOST_WARNED, note)


def _kind(kind: str, foreign: NDArray[np.float64], known: NDArray[np.float64], record: FamiliarityRecord) -> Figure:
    if len(known):
        labels = np.repeat([0, 1], [len(known), len(foreign)])
        area, against = float(roc_auc_score(labels, np.concatenate([known, foreign]))), "`valid`"
    else:
        shares, distances = zip(*((float(share), value) for share, value in record.quantiles.items()), strict=True)
        area, against = float(np.mean(np.interp(foreign, distances, shares, left=0, right=1))), "held-out training"
    promised = kind not in _ONLY_TOLD
    note = (
        f"{len(foreign)} against {against} radiographs; warned {np.mean(foreign > record.warn_above):.1%}, "
        f"label withheld {np.mean(foreign > record.withhold_above):.1%}"
    )
    target = f">= {_LEAST_AUC}" if promised else "told only"
    return Figure("familiarity", f"AUC, {kind}", target, f"{area:.4f}", area >= _LEAST_AUC or not promised, note)
