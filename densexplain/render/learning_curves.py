"""The course of a training run as a picture: loss, accuracy and kappa over the epochs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from densexplain.provenance import NOTICE

_INK, _SOFT = "#222222", "#767676"
_PANELS = (
    ("Loss, nats", (("loss", "training", "--"), ("valid_loss", "validation", "-"))),
    ("Accuracy", (("accuracy", "training", "--"), ("valid_accuracy", "validation", "-"))),
    ("Validation", (("valid_kappa", "Cohen's kappa", "-"), ("valid_auc", "area under the ROC curve", "--"))),
)


def learning_curves(history: Sequence[Mapping[str, float]], kept_epoch: int | None) -> bytes:
    """Draw a run's history as PNG, 1200 x 400 px.

    Parameters
    ----------
    history
        One mapping an epoch, with the names of
        `densexplain.training.selection.EpochRecord`.
    kept_epoch
        Marked by a vertical line; None while no epoch is kept.
    """
    figure = Figure(figsize=(12, 4), dpi=100, layout="constrained")
    epochs = [record["epoch"] for record in history]
    for axes, (title, curves) in zip(figure.subplots(1, 3), _PANELS, strict=True):
        for name, label, style in curves:
            colour = _SOFT if style == "--" else _INK
            axes.plot(epochs, [record[name] for record in history], style, marker=".", color=colour, label=label)
        if kept_epoch is not None:
            axes.axvline(kept_epoch, color=_SOFT, linewidth=0.8, linestyle=":", label=f"kept: epoch {kept_epoch}")
        axes.set_title(title)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.supxlabel(NOTICE, fontsize=8, color=_SOFT)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()
