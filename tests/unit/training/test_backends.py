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

pytestmark = pytest.mark.slow

_ONE_STEP = """
import json, sys
from pathlib import Path
from densexplain.classifier.engines.keras.start import start_backend
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

import numpy as np
from dataclasses import replace
from densexplain.training.compiled import compiled_network
from densexplain.training.initial import initial_weights
from densexplain.training.regions.region_targets import FINDING, SUPERVISED_STAGES, UNKNOWN, blank_targets, stacked

model = compiled_network(replace(recipe, regions=1.0), initial_weights("tiny", "tiny"), 10)
for variable in model.weights:
    if variable.path.startswith("regions_") and variable.path.endswith("kernel"):
        variable.assign(np.zeros(variable.shape))  # each backend draws its own
inputs, labels = trainer.batches(0)[0]
targets = stacked([blank_targets(0.25, 64, 64)] * 3 + [blank_targets(UNKNOWN, 64, 64)] * 3)
logs = [model.train_on_batch(inputs, {FINDING: labels} | targets, return_dict=True) for _ in range(3)]
regions = [{name: float(value) for name, value in log.items()} for log in logs]
print(json.dumps({"regions": regions, "first": float(first), "losses": [record.loss for record in state.history]}))
"""


_TRAIN = """
import sys
from pathlib import Path
from densexplain.classifier.engines.keras.start import start_backend
distributed = sys.argv[3] == "distributed"
start_backend(distributed)
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.recipe import Recipe
from densexplain.training.run.run_options import RunOptions
from densexplain.training.trainer import Trainer
from densexplain.vocabulary import EpochRule

recipe = Recipe("tiny", InputSpecification(size_px=32), epochs=2, batch_size=8, learning_rate=3e-3, rule=EpochRule.LAST)
options = RunOptions(distributed=distributed)
trainer = Trainer(recipe, Path(sys.argv[1]), (), Path(sys.argv[2]) / "run", lambda line: None, options)
trainer.train()
print(f"{trainer.share.process} of {trainer.share.processes}")
"""


def _environment(**variables):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KERAS_")}
    quick = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}  # most of JAX's time here is compilation
    return kept | {"PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""} | quick | variables


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


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_regions_are_learnt_alike(trained, backend):
    received, expected = trained[backend]["regions"], trained["tensorflow"]["regions"]
    assert received[0] == pytest.approx(expected[0], abs=1e-4)
    assert received[2]["region_loss"] == pytest.approx(expected[2]["region_loss"], abs=0.01)
    assert received[2]["region_loss"] < received[0]["region_loss"]


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _start(data_set, folder, *, distributed, **variables):
    command = [sys.executable, "-c", _TRAIN, data_set, folder, "distributed" if distributed else ""]
    environment = _environment(KERAS_BACKEND="jax", **variables)
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _weights(folder):
    tensors = safetensors.numpy.load_file(folder / "run" / "state.safetensors")
    return {name: tensor for name, tensor in tensors.items() if name.startswith("model:")}


def test_two_processes_reach_the_weights_of_one_with_the_same_batch(data_set, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    address = f"127.0.0.1:{_free_port()}"
    processes = [_start(data_set, one, distributed=False)] + [
        _start(
            data_set,
            two,
            distributed=True,
            KERAS_DISTRIBUTION_JOB_ADDRESSES=address,
            KERAS_DISTRIBUTION_NUM_PROCESSES="2",
            KERAS_DISTRIBUTION_PROCESS_ID=str(number),
        )
        for number in range(2)
    ]
    outputs = [process.communicate(timeout=280) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    assert [out.splitlines()[-1] for out, _ in outputs] == ["0 of 1", "0 of 2", "1 of 2"]
    expected, received = _weights(one), _weights(two)
    assert expected.keys() == received.keys()
    for name, tensor in expected.items():
        np.testing.assert_allclose(received[name], tensor, rtol=1e-3, atol=1e-4, err_msg=name)


def test_several_devices_need_jax(data_set, tmp_path):
    process = subprocess.run(
        [sys.executable, "-c", _TRAIN, data_set, tmp_path, "distributed"],
        env=_environment(KERAS_BACKEND="tensorflow"),
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert process.returncode == 1
    assert "OptionError: training on several devices needs KERAS_BACKEND=jax" in process.stderr
