"""Figures by kind of abnormality, severity and class."""

from pathlib import Path

import numpy as np
import pytest

from densexplain.classifier.heads import Head, HeadKind, OutputClass
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.evaluation.by_abnormality import (
    KnownAbnormality,
    abnormality_metrics,
    best_threshold,
    class_labels,
    class_metrics,
    known_abnormalities,
)
from densexplain.phantom.data_set import DataSetPlan, write_data_set
from densexplain.vocabulary import Abnormality, ExtremityType, Finding, Split


def items(*findings: Finding) -> tuple[LabelledRadiograph, ...]:
    return tuple(
        LabelledRadiograph(Path(f"{number}.png"), Split.VALID, "WRIST", f"p{number}", "study1", finding)
        for number, finding in enumerate(findings)
    )


NORMAL, ABNORMAL = Finding.NORMAL, Finding.ABNORMAL
ITEMS = items(NORMAL, NORMAL, ABNORMAL, ABNORMAL, ABNORMAL, ABNORMAL)
KNOWN = (
    None,
    None,
    KnownAbnormality(Abnormality.FRACTURE, 1.0),
    KnownAbnormality(Abnormality.FRACTURE, 0.3),
    KnownAbnormality(Abnormality.PLATE, 0.6),
    None,
)
LOGITS = np.array([-2.0, 0.5, 3.0, -1.0, 1.0, 4.0])


def test_each_kind_is_counted_at_the_threshold() -> None:
    everything, fracture, plate = abnormality_metrics(ITEMS, KNOWN, LOGITS, 0.5)
    assert (everything.kind, everything.radiographs, everything.found) == ("all", 3, 2)
    assert (fracture.kind, fracture.radiographs, fracture.found) == ("fracture", 2, 1)
    assert (plate.found, plate.auc) == (1, 1.0)
    assert fracture.auc == 0.75  # 3.0 beats both normal ones, -1.0 one of them
    assert fracture.low == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
    assert [(one.above, one.up_to, one.radiographs, one.found) for one in fracture.severities] == [
        (0.25, 0.5, 1, 0),
        (0.995, 1.0, 1, 1),
    ]
    stricter = abnormality_metrics(ITEMS, KNOWN, LOGITS, 0.9)
    assert [one.found for one in stricter] == [1, 1, 0]


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert abnormality_metrics(ITEMS, (None,) * 6, LOGITS, 0.5) == ()
    assert abnormality_metrics(ITEMS[2:], KNOWN[2:], LOGITS[2:], 0.5) == ()


def test_a_class_counts_where_it_is_known() -> None:
    np.testing.assert_array_equal(class_labels(ITEMS, KNOWN, "fracture"), [0, 0, 1, 1, 0, np.nan])
    np.testing.assert_array_equal(class_labels(ITEMS, KNOWN, "abnormal"), [0, 0, 1, 1, 1, 1])
    head = Head(HeadKind.SIGMOID, tuple(OutputClass(name) for name in ("abnormal", "fracture", "lesion")))
    log_odds = np.stack([LOGITS, np.array([-1.0, -1.0, 2.0, -2.0, 1.0, 9.0]), LOGITS], axis=1)
    abnormal, fracture = class_metrics(ITEMS, KNOWN, log_odds, head)  # no lesion is there to be found
    assert (abnormal.name, abnormal.present, abnormal.radiographs) == ("abnormal", 4, 6)
    assert (fracture.present, fracture.radiographs) == (2, 5)
    assert (fracture.sensitivity, fracture.specificity) == (0.5, pytest.approx(2 / 3))
    assert fracture.auc == 0.5
    assert class_metrics(ITEMS, KNOWN, log_odds[:, :1], Head(HeadKind.SIGMOID, head.classes[:1])) == ()


def test_best_threshold_separates() -> None:
    labels = np.array([0, 0, 1, 1, np.nan])
    assert best_threshold(labels, np.array([-5.0, -4.0, -2.0, 3.0, 9.0])) == pytest.approx(1 / (1 + np.exp(3.0)))
    assert best_threshold(np.array([0.0, 0.0]), np.array([1.0, 2.0])) is None
    assert best_threshold(np.array([0.0, 1.0]), np.array([1.0, 1.0])) is None


@pytest.mark.slow
def test_a_data_set_of_phantoms_knows_its_abnormalities(tmp_path: Path) -> None:
    from densexplain.data_sets.mura import read_data_set

    plan = DataSetPlan(8, (ExtremityType.WRIST,), abnormal_share=0.6, size_px=64, severity=(0.4, 0.9))
    write_data_set(tmp_path, plan)
    listed = read_data_set(tmp_path, Split.TRAIN)
    known = known_abnormalities(tmp_path, listed)
    assert [one is not None for one in known] == [item.finding is ABNORMAL for item in listed]
    assert any(known)
    assert all(0.4 <= one.severity <= 0.9 for one in known if one is not None)
    assert known_abnormalities(tmp_path / "train", listed) == (None,) * len(listed)
    assert known_abnormalities(None, listed) == (None,) * len(listed)
