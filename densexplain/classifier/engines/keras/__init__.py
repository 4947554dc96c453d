"""Keras on TensorFlow or JAX: the engine that trains, and the reference that the other engines are compared with."""
