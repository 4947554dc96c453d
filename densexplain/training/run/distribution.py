"""Several devices or several machines: Keras's own data parallelism on the JAX backend.

Each process reads its share of every batch; gradients, batch normalisation and
metrics are those of the whole batch, because JAX compiles one program for all
devices. Which processes there are is said in Keras's environment variables
``KERAS_DISTRIBUTION_JOB_ADDRESSES``, ``KERAS_DISTRIBUTION_NUM_PROCESSES`` and
``KERAS_DISTRIBUTION_PROCESS_ID``; without them, one process uses all devices it
sees. (``tf.distribute`` under Keras 3's fit is broken: keras#20585.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras

from densexplain.errors import OptionError


@dataclass(frozen=True)
class Share:
    """Which of how many processes this one is."""

    process: int = 0
    processes: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes states and model sets; exactly one does."""
        return self.process == 0


def distribute(batch_size: int) -> Share:
    """Spread batches over all devices of all processes from here on.

    Parameters
    ----------
    batch_size
        Radiographs in a step, over all devices.

    Raises
    ------
    OptionError
        If the backend is not JAX, or the batch cannot be divided evenly.
    """
    if keras.config.backend() != "jax":
        raise OptionError(
            f"training on several devices needs KERAS_BACKEND=jax; received {keras.config.backend()} (keras#20585)"
        )
    import jax  # type: ignore[import-not-found, unused-ignore]  # only where it is the backend

    devices = jax.device_count()
    if batch_size % devices:
        raise OptionError(f"`batch_size` must be a multiple of the {devices} devices; received {batch_size}")
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    return Share(jax.process_index(), jax.process_count())


@contextmanager
def on_this_device() -> Iterator[None]:
    """Build and run networks on this process's first device alone, for the validation of a distributed run."""
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)
