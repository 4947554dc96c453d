"""The five stages of the tests' networks."""

from dataclasses import replace

from densexplain.classifier.classifier import Stage
from densexplain.classifier.heads import one_unit
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import ARCHITECTURES

STAGES = Network(ARCHITECTURES["tiny"], one_unit(), 64).stages
CONV1, BLOCK1, BLOCK2, BLOCK3, BLOCK4 = STAGES


def shaped(stage: Stage, rows: int, columns: int, channels: int) -> Stage:
    return replace(stage, rows=rows, columns=columns, channels=channels)
