"""Starting Keras's backend without its start-up notes.

TensorFlow's libraries write to file descriptor 2 before any of their own
settings apply, and a refusal on the command line is to be one line.
"""

from __future__ import annotations

import os
import sys


def start_backend(distributed: bool = False) -> None:
    """Import Keras and make a first tensor; nothing that either says reaches standard error.

    Parameters
    ----------
    distributed
        Join the processes that Keras's environment variables name first: a
        backend does that before its first tensor or never.

    Errors are raised as ever.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras

        if distributed and os.environ.get("KERAS_DISTRIBUTION_NUM_PROCESSES"):
            keras.distribution.initialize()
        keras.ops.zeros(())  # the devices are set up with the first tensor
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def make_deterministic() -> None:
    """Have the backend choose operations that give the same bits every time.

    Keras has no such switch of its own for TensorFlow and PyTorch; JAX needs
    none on a CPU.
    """
    import keras

    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif keras.config.backend() == "torch":
        import torch  # type: ignore[import-not-found, unused-ignore]  # only where it is the backend

        torch.use_deterministic_algorithms(True)
