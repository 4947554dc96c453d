"""Labelled predictions written as a table: one line an image, no files behind them."""

from hashlib import sha256
from pathlib import Path

import numpy as np

from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.evaluation.predicted_images import PredictedImages
from densexplain.vocabulary import Finding, Split

ROOT = Path("data")


def table(text: str, split: Split = Split.VALID) -> PredictedImages:
    """Lines of extremity, patient, study, label (+ or -) and probability."""
    items, probabilities = [], []
    for number, line in enumerate(text.strip().splitlines(), 1):
        extremity, patient, study, label, probability = line.split()
        finding = Finding.ABNORMAL if label == "+" else Finding.NORMAL
        folder = f"{study}_{'positive' if label == '+' else 'negative'}"
        path = ROOT / split / f"XR_{extremity.upper()}" / patient / folder / f"image{number}.png"
        items.append(LabelledRadiograph(path, split, extremity.upper(), patient, folder, finding))
        probabilities.append(float(probability))
    values = np.array(probabilities)
    hashes = tuple(sha256(str(item.path).encode()).hexdigest() for item in items)
    logits = np.log(values / (1 - values)).astype(np.float32)
    return PredictedImages(tuple(items), hashes, logits, values.astype(np.float32))


# Seven studies of five patients. Study level, worked out by hand at 0.5:
#   wrist a study1 +: 0.9 0.8 0.2   two of three abnormal             -> abnormal, mean 0.6333
#   wrist a study2 -: 0.4 0.7       a tie, mean 0.55                  -> abnormal
#   wrist b study1 +: 0.6 0.3       a tie, mean 0.45                  -> normal
#   wrist c study1 -: 0.1           one image                         -> normal,   mean 0.1
#   hand  c study1 -: 0.2 0.3 0.95  one of three abnormal             -> normal,   mean 0.4833
#   hand  d study1 +: 0.7                                             -> abnormal
#   hand  e study1 -: 0.25 0.75     a tie, mean exactly 0.5           -> normal
BY_HAND = """
wrist a study1 + 0.9
wrist a study1 + 0.8
wrist a study1 + 0.2
wrist a study2 - 0.4
wrist a study2 - 0.7
wrist b study1 + 0.6
wrist b study1 + 0.3
wrist c study1 - 0.1
hand c study1 - 0.2
hand c study1 - 0.3
hand c study1 - 0.95
hand d study1 + 0.7
hand e study1 - 0.25
hand e study1 - 0.75
"""
