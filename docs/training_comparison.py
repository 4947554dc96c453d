"""Find out whether it helps to learn regions beside labels, to average weights, to compute statistics anew.

A small DenseNet, layers (4, 8, 12, 8), growth 16, is trained from random weights
on the same phantoms in the same order, once with the regions' loss and once
without, for three seeds. Each run is then measured on phantoms that nothing was
chosen on, with its weights as they are and averaged, and with the statistics of
the batch normalisations as training left them and computed anew.

Run it as ``python docs/training_comparison.py FOLDER``; what is there already is
gone on from. The table goes to standard output.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors
from densexplain.classifier.families.densenet import DenseNetParameters
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.data_sets.mura import LabelledRadiograph, read_data_set
from densexplain.evaluation.metrics.labelled_predictions import labels_of
from densexplain.phantom.data_set import DataSetPlan, write_data_set
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.averaged_weights import averaged_tensors
from densexplain.training.batch_statistics import recompute_statistics
from densexplain.training.batches import RadiographBatches
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.state import read_state
from densexplain.training.trainer import Trainer
from densexplain.training.training_data import sample_batches
from densexplain.vocabulary import EpochRule, Schedule, Split

SIZE_PX, SEEDS, STATISTICS_BATCHES, AVERAGING = 96, (1, 2, 3), 60, 0.99
ARCHITECTURES["small"] = DenseNetParameters((4, 8, 12, 8), growth_rate=16, initial_channels=32)
RECIPE = Recipe(
    architecture="small",
    specification=InputSpecification(size_px=SIZE_PX),
    augmentation=Augmentation(rotation_degrees=15, zoom=0.1, gamma=0.3),
    epochs=8,
    growth=(GrowthStep(4, 64),),
    batch_size=16,
    learning_rate=1e-3,
    schedule=Schedule.COSINE,
    warmup=0.05,
    rule=EpochRule.LAST,
    averaging=AVERAGING,
)
TRAIN = DataSetPlan(
    images=1200, seed=771, valid_share=0.06, abnormal_share=0.5, severity=(0.6, 1.0), size_px=SIZE_PX * 3 // 2
)
TEST = replace(TRAIN, images=400, seed=772, valid_share=0.0)


def tell(line: str) -> None:
    """Progress goes to standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def measured(folder: Path, seed: int, regions: float) -> dict[str, float]:
    """Train one network and measure it in four ways."""
    run, start = folder / f"seed{seed}-regions{regions:g}", time.process_time()
    recipe = replace(RECIPE, seed=seed, regions=regions)
    trainer = Trainer(recipe, folder / "train", (), run, tell)
    trainer.train()
    figures = {"cpu_seconds": time.process_time() - start}
    model = trainer.compiled_model()
    assert read_state(run, model, trainer.settings) is not None
    test = read_data_set(folder / "test", Split.TRAIN)
    classifier = build_network(ARCHITECTURES["small"], None)
    for weights, averaging in (("as they are", 0.0), ("averaged", AVERAGING)):
        set_tensors(classifier, averaged_tensors(model, averaging))
        figures[f"{weights}, training's"] = area(classifier, test)
        samples = sample_batches(recipe, trainer.train_items, GrowthStep(1, SIZE_PX))
        recompute_statistics(classifier, samples, STATISTICS_BATCHES)
        figures[f"{weights}, anew"] = area(classifier, test)
    return figures


def area(classifier: Any, items: tuple[LabelledRadiograph, ...]) -> float:
    """Area under the ROC curve on a list of radiographs."""
    batches = RadiographBatches(items, RECIPE.specification, 50)
    probabilities = np.concatenate([classifier.predict_on_batch(batches[n][0])[:, 0] for n in range(len(batches))])
    return float(roc_auc_score(labels_of(items), probabilities))


def main(folder: Path) -> None:
    """Draw, train, measure, and print the table."""
    for name, plan in (("train", TRAIN), ("test", TEST)):
        write_data_set(folder / name, plan, report=tell)
    rows = []
    for seed in SEEDS:
        for regions in (0.0, 1.0):
            result = folder / f"seed{seed}-regions{regions:g}.json"
            if not result.exists():
                result.write_text(json.dumps(measured(folder, seed, regions)))
            rows.append((seed, regions, json.loads(result.read_text())))
            tell(f"{rows[-1]}")
    sys.stdout.write(table_of(rows))


def table_of(rows: list[tuple[int, float, dict[str, float]]]) -> str:
    """Markdown, one line a run."""
    names = [name for name in rows[0][2] if name != "cpu_seconds"]
    lines = [["seed", "loss", "CPU s", *names], ["---"] * (3 + len(names))]
    for seed, regions, figures in rows:
        areas = [f"{figures[name]:.3f}" for name in names]
        lines.append([str(seed), "label and regions" if regions else "label", f"{figures['cpu_seconds']:.0f}", *areas])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
