"""TensorFlow, JAX and PyTorch train the same network alike, and two processes train like one."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy

from tests.tiny import ROOT, write_tiny

_ONE_STEP = """
import json, sys
from pathlib import Path
from densexplain.network.backend import start_backend
start_backend()
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.recipe import Recipe
from densexplain.training.trainer import Trainer

recipe = Recipe("tiny", InputSpecification(size_px=64), Augmentation(rotation_degrees=5), epochs=2, batch_size=6,
                learning_rate=1e-3, init="tiny")
trainer = Trainer(recipe, Path(sys.argv[1]), (), Path(sys.argv[2]), lambda line: None)
first = trainer.compiled_model().train_on_batch(*trainer.batches(0)[0], return_dict=True)["loss"]
_, state = trainer.train()
print(json.dumps({"first": float(first), "losses": [record.loss for record in state.history]}))
"""


def _environment(**variables):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KERAS_")}
    return kept | {"PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""} | variables


@pytest.fixture(scope="module")
def trained(data_set, tmp_path_factory):
    """What each backend makes of the same data from the same weights."""
    models = tmp_path_factory.mktemp("models")
    write_tiny(models / "tiny", 5, "Tiny")
    processes = {}
    for backend in ("tensorflow", "jax", "torch"):
        command = [sys.executable, "-c", _ONE_STEP, data_set, tmp_path_factory.mktemp(backend)]
        environment = _environment(KERAS_BACKEND=backend, DENSEXPLAIN_MODELS=str(models))
        processes[backend] = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    results = {}
    for backend, process in processes.items():
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        results[backend] = json.loads(out)
    return results


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_loss_of_the_first_step_is_tensorflows(trained, backend):
    assert trained[backend]["first"] == pytest.approx(trained["tensorflow"]["first"], abs=1e-4)
    assert 0.1 < trained[backend]["first"] < 3


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_every_backend_trains(trained, backend):
    first, second = trained[backend]["losses"]
    assert first == pytest.approx(trained["tensorflow"]["losses"][0], abs=0.01)
    assert second < first


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _train(data_set, folder, *options):
    words = "--architecture tiny --size 32 --batch-size 8 --epochs 2 --learning-rate 0.003 --rule last --model-set m"
    return [
        *(sys.executable, "-m", "densexplain", "train", "--data", data_set, *words.split()),
        *("--run", folder / "run", "--out", folder / "models", "--quiet", *options),
    ]


def _weights(folder):
    tensors = safetensors.numpy.load_file(folder / "run" / "state.safetensors")
    return {name: tensor for name, tensor in tensors.items() if name.startswith("model:")}


def test_two_processes_reach_the_weights_of_one_with_the_same_batch(data_set, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    alone = subprocess.run(
        _train(data_set, one), env=_environment(KERAS_BACKEND="jax"), capture_output=True, text=True, timeout=200
    )
    assert alone.returncode == 0, alone.stderr
    address = f"127.0.0.1:{_free_port()}"
    together = [
        subprocess.Popen(
            _train(data_set, two, "--distributed"),
            env=_environment(
                KERAS_BACKEND="jax",
                KERAS_DISTRIBUTION_JOB_ADDRESSES=address,
                KERAS_DISTRIBUTION_NUM_PROCESSES="2",
                KERAS_DISTRIBUTION_PROCESS_ID=str(process),
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for process in range(2)
    ]
    outputs = [process.communicate(timeout=200) for process in together]
    assert [process.returncode for process in together] == [0, 0], outputs
    assert json.loads(outputs[0][0])["model_set"] == "m"
    assert outputs[1][0] == ""  # one process writes, the other only helps
    expected, received = _weights(one), _weights(two)
    assert expected.keys() == received.keys()
    for name, tensor in expected.items():
        np.testing.assert_allclose(received[name], tensor, rtol=1e-3, atol=1e-4, err_msg=name)


def test_several_devices_need_jax(data_set, tmp_path):
    result = subprocess.run(
        _train(data_set, tmp_path, "--distributed"), env=_environment(), capture_output=True, text=True, timeout=100
    )
    assert result.returncode == 2
    assert "KERAS_BACKEND=jax" in result.stderr
    assert len(result.stderr.splitlines()) == 1
