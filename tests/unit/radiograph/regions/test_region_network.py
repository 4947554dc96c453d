"""The network that ships, and one of the fitting script beside what is applied."""

import importlib.util
import sys

import numpy as np
import pytest

from densexplain.radiograph.regions.region_network import KINDS, RegionNetwork, shipped_network
from tests.tiny import ROOT

SIZES = [(64, 64), (70, 101), (3, 200), (1, 1)]


def fitting_script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    spec = importlib.util.spec_from_file_location("region_network_fit", ROOT / "docs" / "region_network.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_what_is_fitted_is_what_is_applied(monkeypatch):
    import torch  # here, so that the other tests do not wait for it

    torch.manual_seed(0)
    fitted = fitting_script(monkeypatch).Network()
    for layer in fitted.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 2)
    fitted.eval()
    grey = np.random.default_rng(0).integers(0, 256, (128, 192), dtype=np.uint8)
    with torch.no_grad():
        expected = fitted(torch.from_numpy(grey.astype(np.float32) / 255)[None, None])[0].numpy()
    found = RegionNetwork(fitted.weights()).log_odds(grey)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_answered(size):
    grey = np.full(size, 90, np.uint8)
    odds = shipped_network().log_odds(grey)
    assert odds.shape == (len(KINDS), *size)
    assert np.isfinite(odds).all()
