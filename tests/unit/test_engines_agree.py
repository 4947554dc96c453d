"""What ships: ONNX Runtime, which explains, and Keras, the reference, say the same of every model set."""

from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.keras.classifier import keras_classifier
from densexplain.classifier.engines.onnx.classifier import onnx_classifier
from densexplain.classifier.model_sets.catalogue import InstalledModelSet, installed_model_sets
from densexplain.classifier.model_sets.golden import golden_input
from densexplain.classifier.model_sets.weights_file import read_weights
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.settings import PROJECT_FOLDER, settings

pytestmark = pytest.mark.slow

_SHIPPED = installed_model_sets((PROJECT_FOLDER / "models",))


@pytest.mark.parametrize("entry", _SHIPPED, ids=lambda entry: entry.name)
def test_engines_agree_on_a_shipped_model_set(entry: InstalledModelSet) -> None:
    manifest = entry.manifest
    assert manifest is not None
    tensors = read_weights(entry.folder, manifest)
    file = settings().assets / "synthetic-knee.png"
    pixels = read_radiograph(file.read_bytes(), file.name).pixels
    batch = np.stack([prepare(pixels, manifest.specification), golden_input(manifest.specification)])
    ours = onnx_classifier(manifest.network, tensors).explain(batch)
    theirs = keras_classifier(manifest.network, tensors).explain(batch)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.logits, other.logits, atol=1e-4)
        np.testing.assert_allclose(one.maps, other.maps, atol=1e-4)
        np.testing.assert_allclose(one.pooled_halves, other.pooled_halves, atol=1e-4)
        pairs = [(one.rankings[at][by], other.rankings[at][by]) for at in range(5) for by in one.rankings[at]]
        for ranked, reference in [*pairs, (one.contributions[0], other.contributions[0])]:
            np.testing.assert_array_equal(ranked.channels, reference.channels)
