"""Published results that an evaluation is compared with, all on MURA.

Ngan, d'Avila Garcez, Knapp, Appelboam and Reyes-Aldasoro, Making DenseNet
interpretable: a case study in clinical radiology, medRxiv 19013730 (2019).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperResult:
    """One model set of the paper on its own extremity type in MURA, per image."""

    model_set: str
    accuracy: float
    kappa: float


PAPER_TABLE_1 = (
    PaperResult("all extremity types, pre-trained", 0.830, 0.658),
    PaperResult("wrist only, pre-trained", 0.862, 0.717),
    PaperResult("wrist only, randomly initialised", 0.778, 0.539),
    PaperResult("finger only, pre-trained", 0.766, 0.622),
)

LEADERBOARD_KAPPAS = (
    0.747, 0.747, 0.727, 0.699, 0.698, 0.694, 0.690, 0.683, 0.662, 0.661, 0.660, 0.659, 0.659, 0.629, 0.574, 0.560,
    0.518,
)  # fmt: skip
"""Kappa per study of the single DenseNets on MURA's leaderboard, best first."""

PAPER_LEADERBOARD_KAPPA = 0.683
"""The paper's own among them: the average over 100 randomly drawn sample sets."""

BEST_ENSEMBLE_KAPPA = 0.843
"""Kappa per study of the leaderboard's best ensemble."""

MURA_EXTREMITIES = frozenset({"elbow", "finger", "forearm", "hand", "humerus", "shoulder", "wrist"})


def comparability(extremities: tuple[str, ...]) -> str:
    """One or two sentences on whether figures of these extremity types can be laid beside published ones.

    Parameters
    ----------
    extremities
        Lower case, at least one.
    """
    rule = "Only MURA's own validation radiographs make these figures comparable."
    others = [extremity for extremity in extremities if extremity not in MURA_EXTREMITIES]
    if not others:
        return f"{rule} All extremity types here ({', '.join(extremities)}) are among MURA's."
    verb = "is" if len(others) == 1 else "are"
    return f"{rule} Here {', '.join(others)} {verb} not among MURA's extremity types, so these are not."
