"""Batches for training, alone and beside what the network consumes of them, in one run."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from figures import Figure, interleaved_medians, seconds_of

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.data_sets.mura import read_data_set
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.batches import RadiographBatches
from densexplain.vocabulary import Split

_IMAGES = 128
_ROWS, _COLUMNS = 512, 406  # a usual size in MURA
_SIZE_PX = 320
_BATCH_SIZE = 8
_ROUNDS = 5
_STEPS = 4
_ASKED_RATIO = 5
_ASKED_ON_16_CORES = 2000


@dataclass(frozen=True)
class _Rates:
    """Images a second: by the clock with one thread and two, and by the processor time that two threads used."""

    one_thread: float
    two_threads: float
    per_core: float


def measure() -> list[Figure]:
    with TemporaryDirectory() as folder:
        kilobytes = _write_images(Path(folder)) / 1e3
        items = read_data_set(Path(folder), Split.TRAIN)
        batches = RadiographBatches(items, InputSpecification(size_px=_SIZE_PX), _BATCH_SIZE, Augmentation())
        rates, step = _rates(batches), _seconds_of_a_step(batches[0])
    consumed = _BATCH_SIZE / step
    return [
        Figure(
            "input_pipeline",
            "images delivered alone / consumed by training a DenseNet-169",
            f">= {_ASKED_RATIO}",
            f"{rates.two_threads / consumed:.0f}",
            rates.two_threads >= _ASKED_RATIO * consumed,
            f"{rates.two_threads:.0f} / {consumed:.2f} images/s by the clock; "
            f"a step of {_BATCH_SIZE} takes {step:.2f} s, median of {_STEPS}",
        ),
        Figure(
            "input_pipeline",
            "augmented 320x320 images/s on 16 cores, 16 times one core",
            f">= {_ASKED_ON_16_CORES}",
            f"{16 * rates.per_core:.0f}",
            16 * rates.per_core >= _ASKED_ON_16_CORES,
            f"8-bit PNG of {_ROWS} x {_COLUMNS} px, {kilobytes:.0f} kB; {rates.per_core:.0f} images a second of core "
            f"time; by the clock 1 thread {rates.one_thread:.0f}, 2 threads {rates.two_threads:.0f} images/s, "
            f"{os.cpu_count()} cores under a load of {os.getloadavg()[0]:.1f}",
        ),
        Figure(
            "input_pipeline",
            "images/s that Python's lock lets through",
            f">= {_ASKED_ON_16_CORES}",
            f"{(lock := _rate_of_python_alone()):.0f}",
            lock >= _ASKED_ON_16_CORES,
            "images of 8 x 8 px to 32 px, one thread: next to nothing but what threads cannot share",
        ),
    ]


def _write_images(folder: Path, rows: int = _ROWS, columns: int = _COLUMNS) -> int:
    """Radiograph-like images: smooth anatomy, a dark surround and a detector's noise; the median size of a file."""
    draw = np.random.default_rng(0)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    sizes = []
    for number in range(_IMAGES):
        middle, width = draw.uniform(150, 250), draw.uniform(60, 110)
        bone = np.exp(-(((x - middle) / width) ** 2)) * (0.6 + 0.3 * np.cos(y / draw.uniform(40, 90)))
        pixels = 200 * bone + 8 + draw.normal(0, 3, bone.shape)
        label = ("negative", "positive")[number % 2]
        path = folder / "train" / "XR_WRIST" / f"patient{number:05d}" / f"study1_{label}" / "image1.png"
        path.parent.mkdir(parents=True)
        cv2.imwrite(str(path), pixels.clip(0, 255).astype(np.uint8))
        sizes.append(path.stat().st_size)
    return int(median(sizes))


def _rates(batches: RadiographBatches) -> _Rates:
    def one_thread() -> None:
        for _ in map(batches.__getitem__, range(len(batches))):
            pass

    def two_threads() -> None:
        with ThreadPoolExecutor(2) as threads:
            for _ in threads.map(batches.__getitem__, range(len(batches))):
                pass

    def processor_seconds() -> float:
        before = time.process_time()
        two_threads()
        return time.process_time() - before

    one, two = interleaved_medians(one_thread, two_threads, rounds=_ROUNDS)
    return _Rates(_IMAGES / one, _IMAGES / two, _IMAGES / median(processor_seconds() for _ in range(_ROUNDS)))


def _rate_of_python_alone() -> float:
    with TemporaryDirectory() as folder:
        _write_images(Path(folder), 8, 8)
        items = read_data_set(Path(folder), Split.TRAIN)
        batches = RadiographBatches(items, InputSpecification(size_px=32), _BATCH_SIZE, Augmentation())
        before = time.process_time()
        for index in range(len(batches)):
            batches[index]
        return _IMAGES / (time.process_time() - before)


def _seconds_of_a_step(batch: tuple[np.ndarray, ...]) -> float:
    model = build_network(ARCHITECTURES["densenet169"], _SIZE_PX)
    model.compile(optimizer="adam", loss="binary_crossentropy", jit_compile=False)
    model.train_on_batch(*batch)
    return median(seconds_of(lambda: model.train_on_batch(*batch)) for _ in range(_STEPS))
