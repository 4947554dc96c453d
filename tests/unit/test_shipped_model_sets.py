"""What ships in models/: verified, additive on a sample, and telling of itself what its card tells."""

import json

import numpy as np
import pytest

from densexplain.classifier.model_sets.catalogue import InstalledModelSet, installed_model_sets
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.settings import PROJECT_FOLDER, settings

pytestmark = pytest.mark.slow

_SHIPPED = installed_model_sets((PROJECT_FOLDER / "models",))


def test_those_of_the_paper_and_the_knee_are_among_them() -> None:
    named = {entry.name for entry in _SHIPPED}
    assert named >= {"knee", "all-extremities", "wrist", "wrist-random-init", "finger"}


@pytest.mark.parametrize("entry", _SHIPPED, ids=lambda entry: entry.name)
def test_evidence_sums_to_the_logit_on_the_real_network(entry: InstalledModelSet) -> None:
    explainer = Explainer(load_model_set(entry.folder))
    assert entry.manifest is not None
    file = settings().assets / "synthetic-knee.png"
    pixels = read_radiograph(file.read_bytes(), file.name).pixels
    explanation = explainer.explain(prepare(pixels, entry.manifest.specification))
    total = float(np.sum(explanation.evidence, dtype=np.float64)) + explanation.bias
    assert total == pytest.approx(explanation.logit, abs=1e-4)
    assert [stage.channels for stage in explanation.stages] == [64, 256, 512, 1280, 1664]
    assert explanation.activation_map.std() > 0.1, "a trained network's map is not flat"
    assert explanation.stage("block4").rows == entry.manifest.specification.size_px // 32


@pytest.mark.parametrize("entry", _SHIPPED, ids=lambda entry: entry.name)
def test_the_card_holds_the_manifest_s_own_figures(entry: InstalledModelSet) -> None:
    assert entry.manifest is not None
    card = (entry.folder / "README.md").read_text(encoding="utf-8")
    valid = entry.manifest.evaluation["valid"]
    for figure in ("accuracy", "kappa", "sensitivity", "specificity", "auc"):
        assert f"| {valid[figure]:.3f} |" in card, figure
    assert "Research use only, not for diagnosis" in card
    assert entry.manifest.training["attribution"] in card
    assert entry.manifest.weights_bytes < 27 * 1024 * 1024
    assert "shared" not in json.dumps(dict(entry.manifest.training))
