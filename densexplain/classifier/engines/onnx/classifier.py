"""A `Classifier` on ONNX Runtime; the graph is made in memory from a family's wiring and the stored tensors."""

from __future__ import annotations

import onnxruntime

from densexplain.classifier.answers import wire_answers
from densexplain.classifier.engines.batches import BatchedClassifier
from densexplain.classifier.engines.folding import Tensors, fold
from densexplain.classifier.engines.onnx.parts import Maps, OnnxParts
from densexplain.classifier.wiring.network import Network
from densexplain.graphs.session import Session

_SOURCE = "network_inputs"


def onnx_classifier(network: Network, tensors: Tensors) -> BatchedClassifier:
    """Make a classifier that needs neither Keras nor TensorFlow.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        Its stored tensors, each of its variable's shape, float16 or float32, any value; not kept.

    Raises
    ------
    WeightsShapeError, WeightsSurplusError
        If the tensors are not those of the network.
    """
    size_px = network.size_px
    parts = OnnxParts(fold(network.parameters, tensors))
    first = Maps(parts.graph.node("Transpose", [_SOURCE], "by_channel", perm=[0, 3, 1, 2]), size_px, size_px, 3)
    outputs = wire_answers(network.parameters, size_px, first, parts)
    session = Session(parts.graph, (_SOURCE, ("batch", size_px, size_px, 3)), outputs)
    engine = f"ONNX Runtime {onnxruntime.__version__}"
    return BatchedClassifier(network, tensors, session, tuple(outputs), engine, session.most_at_once)
