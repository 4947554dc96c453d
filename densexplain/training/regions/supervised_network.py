"""A network that is told, while it learns, which regions each cell of its last maps holds.

The label of an image is one bit. What lies in each cell is hundreds of them, and
a one-by-one convolution on the maps of a stage asks for those. These convolutions
are no part of the network: they are left out of whatever is measured or kept.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from densexplain.classifier.engines.keras.weights import Tensors, tensors_of
from densexplain.classifier.families.densenet import DENSE_STAGES
from densexplain.errors import OptionError
from densexplain.training.regions.region_targets import FINDING, SUPERVISED_REGIONS, SUPERVISED_STAGES
from densexplain.vocabulary import Region

_PREFIX = "regions_"
_COUNT_OF_POSITIVE = {Region.ABNORMALITY: 6.0, Region.HARDWARE: 3.0, Region.TEXT_LEGEND: 3.0}
"""How much a cell that holds a rare region counts, beside one that does not."""

_INITIAL_LOGIT = -2.0
"""Most cells hold none of most regions."""


class SupervisedNetwork(keras.Model):  # type: ignore[misc]  # Keras has no type stubs
    """A classifier with region heads; its loss is that of the label and, weighed, that of the regions.

    Its outputs are a dictionary: the probability of an abnormal finding as
    `densexplain.training.regions.region_targets.FINDING`, and for each supervised stage
    the regions' logits.

    Parameters
    ----------
    classifier
        Made by `densexplain.classifier.engines.keras.layers.build_network`; its layers are shared.
    weight
        Of the regions' loss beside the label's; > 0.

    Raises
    ------
    OptionError
        If the classifier has not the stages of a DenseNet.
    """

    def __init__(self, classifier: keras.Model, weight: float) -> None:
        ends = {end.name: end.layer for end in DENSE_STAGES}
        present = {layer.name for layer in classifier.layers}
        if not all(ends[stage] in present for stage in SUPERVISED_STAGES):
            raise OptionError(f"regions are learnt by a DenseNet; received a network of the family {classifier.name}")
        outputs = {FINDING: classifier.output}
        for stage in SUPERVISED_STAGES:
            head = layers.Conv2D(
                len(SUPERVISED_REGIONS),
                1,
                bias_initializer=keras.initializers.Constant(_INITIAL_LOGIT),
                name=f"{_PREFIX}{stage}",
                dtype="float32",
            )
            outputs[stage] = head(classifier.get_layer(ends[stage]).output)
        super().__init__(inputs=classifier.input, outputs=outputs, name="supervised_densenet")
        self._weight, self.units = weight, int(classifier.output_shape[-1])
        self._label_loss = keras.metrics.Mean(name="label_loss")
        self._region_loss = keras.metrics.Mean(name="region_loss")

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Label and regions; each is also told on its own as ``label_loss`` and ``region_loss``."""
        of_label = super().compute_loss(x, y[FINDING], y_pred[FINDING], sample_weight, training)
        of_stages = [region_loss(y[stage], y_pred[stage]) for stage in SUPERVISED_STAGES]
        of_regions = ops.mean(ops.stack(of_stages))
        self._label_loss.update_state(of_label)
        self._region_loss.update_state(of_regions)
        return of_label + self._weight * of_regions

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Figures of the label alone."""
        return super().compute_metrics(x, y[FINDING], y_pred[FINDING], sample_weight)


def region_loss(targets: Any, logits: Any) -> Any:
    """Mean cross-entropy over the cells of which something is known; 0 where there is none.

    Parameters
    ----------
    targets
        Shape (batch, rows, columns, regions), in [0, 1] or
        `densexplain.training.regions.region_targets.UNKNOWN`.
    logits
        Same shape.

    Returns
    -------
    tensor
        A number, in nats, in which cells that hold a rare region count more.
    """
    counts = ops.convert_to_tensor([_COUNT_OF_POSITIVE.get(region, 1.0) for region in SUPERVISED_REGIONS], "float32")
    known = ops.cast(targets >= 0, "float32")
    shares = ops.maximum(targets, 0.0)
    entropy = ops.maximum(logits, 0.0) - logits * shares + ops.softplus(-ops.abs(logits))
    weighted = known * entropy * (1.0 + (counts - 1.0) * shares)
    return ops.sum(weighted) / ops.maximum(ops.sum(known), 1.0)


def network_tensors(model: keras.Model) -> Tensors:
    """Tensors of the classifier itself, without what was added for training."""
    return {name: tensor for name, tensor in tensors_of(model).items() if not name.startswith(_PREFIX)}


def empty_targets(model: keras.Model) -> Any:
    """Labels of the form that a model is trained with, for one image; their values mean nothing."""
    if isinstance(model, SupervisedNetwork):
        return {FINDING: ops.zeros((1, model.units))}
    return ops.zeros((1, model.output_shape[-1]))
