"""Computation graphs: made in memory, run by ONNX Runtime. What is computed is said by those who wire them."""
