"""A network in another process: a real server, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from densexplain.classifier.engines.remote.client import RemoteClassifier
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.errors import RemoteClassifierError, ShapeError
from densexplain.explain.explainer import Explainer
from densexplain.settings import PROJECT_FOLDER, settings
from densexplain.ui.messages import sentence
from densexplain.vocabulary import Ranking
from tests.processes import free_port

pytestmark = pytest.mark.slow

_SECONDS = 90
_FACTS = b'{"engine": "x", "most_at_once": 4, "biases": [0]}'
INPUTS = np.random.default_rng(3).normal(0, 1, (3, 64, 64, 3)).astype(np.float32)


class _Server:
    """The command, as a process of its own."""

    def __init__(self, models: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._models = models
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {"DENSEXPLAIN_MODELS": str(self._models), "DENSEXPLAIN_ENGINE": "onnx"}
        command = [sys.executable, "-m", "densexplain", "serve-classifier", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=environment, cwd=PROJECT_FOLDER)
        deadline = time.monotonic() + _SECONDS
        while True:
            assert self.process.poll() is None, "it ended instead of serving"
            assert time.monotonic() < deadline, "it did not come up"
            try:
                urllib.request.urlopen(self.address, timeout=2)
            except urllib.error.HTTPError:
                return  # it answers, if only that there is nothing
            except OSError:
                time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)


@pytest.fixture
def server(written_tiny: Path) -> Iterator[_Server]:
    started = _Server(written_tiny.parent)
    started.start()
    yield started
    started.kill()


def test_it_answers_as_here_and_again_after_a_restart(
    server: _Server, written_tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = load_model_set(written_tiny)
    expected = here.classifier.explain(INPUTS)
    monkeypatch.setenv("DENSEXPLAIN_ENGINE", server.address)
    settings.cache_clear()
    try:
        there = load_model_set(written_tiny)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert isinstance(there.classifier, RemoteClassifier)
    assert there.classifier.engine == f"{here.classifier.engine} at {server.address}"
    assert there.classifier.stages == here.classifier.stages
    for one, other in zip(there.classifier.explain(INPUTS), expected, strict=True):
        np.testing.assert_array_equal(one.logits, other.logits)
        np.testing.assert_array_equal(one.maps, other.maps)
        np.testing.assert_array_equal(one.pooled_halves, other.pooled_halves)
        np.testing.assert_array_equal(one.rankings[2][Ranking.MEAN].maps, other.rankings[2][Ranking.MEAN].maps)
        np.testing.assert_array_equal(one.contributions[0].channels, other.contributions[0].channels)
    np.testing.assert_array_equal(there.classifier.evidence(INPUTS).maps, here.classifier.evidence(INPUTS).maps)
    np.testing.assert_array_equal(there.classifier.logits(INPUTS), here.classifier.logits(INPUTS))

    explainer = Explainer(there)
    before = explainer.explain(INPUTS[0])
    server.kill()
    with pytest.raises(RemoteClassifierError) as refusal:
        explainer.explain(INPUTS[0])
    said = sentence(refusal.value)
    assert said.startswith("The network cannot be asked just now. Expected the process at http://127.0.0.1")
    assert said.endswith("please try again in a moment.")
    assert "Traceback" not in said
    server.start()
    after = explainer.explain(INPUTS[0])  # the same explainer: nothing was lost
    assert after.logit == before.logit
    assert after.engine == before.engine


def test_other_weights_and_bad_requests_are_refused_and_the_server_goes_on(server: _Server, written_tiny: Path) -> None:
    manifest = load_model_set(written_tiny).manifest
    with pytest.raises(RemoteClassifierError, match="expected the weights"):
        RemoteClassifier(server.address, "tiny", "0" * 64, manifest.network)
    with pytest.raises(RemoteClassifierError, match="expected the name of an installed model set"):
        RemoteClassifier(server.address, "unheard-of", manifest.weights_sha256, manifest.network)
    classifier = RemoteClassifier(server.address, "tiny", manifest.weights_sha256, manifest.network)
    with pytest.raises(ShapeError):
        classifier.logits(INPUTS[:, :32])
    for body in (b"", b"not tensors", b"\xff" * 100, b"x" * 4_000_000):
        request = urllib.request.Request(
            f"{server.address}/model-sets/tiny/{manifest.weights_sha256}/logits", data=body, method="POST"
        )
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=10)
        assert refusal.value.code == 400
    assert classifier.logits(INPUTS).shape == (3, 1)


def test_nobody_there_is_one_sentence(written_tiny: Path) -> None:
    manifest = load_model_set(written_tiny).manifest
    with pytest.raises(RemoteClassifierError, match="it does not answer"):
        RemoteClassifier(f"http://127.0.0.1:{free_port()}", "tiny", manifest.weights_sha256, manifest.network)


@pytest.mark.parametrize(
    ("facts", "answer", "reason"),
    [
        (b"<html>", None, "something else than a model set's facts"),
        (b'{"engine": "x", "most_at_once": 4}', None, "something else than a model set's facts"),
        (b'{"engine": "x", "most_at_once": true, "biases": [0]}', None, "something else than a model set's facts"),
        (_FACTS, b"<html>", "something else than tensors"),
        (_FACTS, save({"logits": np.zeros((2, 1), np.float32)}), "another number of inputs"),
        (_FACTS, save({"logits": np.zeros((3, 1), np.float32)}), "its answer has no maps"),
    ],
)
def test_a_process_that_answers_nonsense_is_one_sentence(
    written_tiny: Path, facts: bytes, answer: bytes | None, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"GET": facts, "POST": answer}
    monkeypatch.setattr(RemoteClassifier, "_received", lambda _self, method, _path, _content: answers[method])
    manifest = load_model_set(written_tiny).manifest
    with pytest.raises(RemoteClassifierError, match=reason):
        RemoteClassifier("http://127.0.0.1:9", "tiny", manifest.weights_sha256, manifest.network).evidence(INPUTS)
