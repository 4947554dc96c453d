"""Which engine runs a network: ONNX Runtime, unless `DENSEXPLAIN_ENGINE` names another.

Engines are imported when they are chosen, so a process that explains never
imports Keras.
"""

from __future__ import annotations

from densexplain.classifier.classifier import Classifier
from densexplain.classifier.engines.folding import Tensors
from densexplain.classifier.wiring.network import Network
from densexplain.errors import OptionError
from densexplain.settings import ENGINE_VARIABLE, settings

ONNX, KERAS = "onnx", "keras"


def remote_address() -> str | None:
    """Address of the process that runs the networks; None where they run in this one."""
    engine = settings().engine
    return engine if engine.startswith(("http://", "https://")) else None


def local_classifier(network: Network, tensors: Tensors) -> Classifier:
    """Make a classifier in this process.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value; not kept.

    Raises
    ------
    OptionError
        If the settings name an engine that does not exist.
    WeightsShapeError, WeightsSurplusError
        If the tensors are not those of the network.
    """
    engine = settings().engine
    if engine == KERAS:
        from densexplain.classifier.engines.keras.start import start_backend

        start_backend()
        from densexplain.classifier.engines.keras.classifier import keras_classifier

        return keras_classifier(network, tensors)
    if engine != ONNX and remote_address() is None:
        raise OptionError(f"`{ENGINE_VARIABLE}` must be {ONNX}, {KERAS} or an address; received {engine[:80]!r}")
    from densexplain.classifier.engines.onnx.classifier import onnx_classifier

    return onnx_classifier(network, tensors)
