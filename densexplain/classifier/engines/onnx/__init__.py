"""ONNX Runtime: what explains."""
