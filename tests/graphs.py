"""TensorFlow's graphs, as they are traced: for runs of a few steps, which optimising them would only delay."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_graph_optimiser() -> Iterator[None]:
    """Let TensorFlow run its graphs as they are, in this process; a third of a tiny training is saved."""
    import tensorflow as tf

    options = tf.config.optimizer
    options.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        options.set_experimental_options({"disable_meta_optimizer": False})
