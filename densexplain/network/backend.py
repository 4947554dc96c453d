"""Starting Keras's backend without its start-up notes.

TensorFlow's libraries write to file descriptor 2 before any of their own
settings apply, and a refusal on the command line is to be one line.
"""

from __future__ import annotations

import os
import sys


def start_backend() -> None:
    """Import Keras and make a first tensor; nothing that either says reaches standard error.

    Errors are raised as ever.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras

        keras.ops.zeros(())  # the devices are set up with the first tensor
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
