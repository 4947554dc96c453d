"""Data sets, augmentation, the training run, and the figures it is judged by."""
