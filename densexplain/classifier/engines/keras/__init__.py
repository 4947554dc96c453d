"""Keras on TensorFlow or JAX: what trains, and the reference that the other engines are held against."""
