"""Labels of several units: what is known, what is not, and what a network makes of them."""

import keras
import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.heads import HeadKind
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import DataSetError, OptionError
from densexplain.phantom.data_set import DataSetPlan, write_data_set
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.card import ModelSetText
from densexplain.training.compiled import compiled_network
from densexplain.training.finish import finish
from densexplain.training.initial import InitialWeights
from densexplain.training.labels import FindingAccuracy, head_of, known_crossentropy, label_row
from densexplain.training.recipe import Recipe
from densexplain.training.trainer import Trainer
from densexplain.vocabulary import Abnormality, AbnormalityGroup, EpochRule, ExtremityType

GROUPS = (AbnormalityGroup.FRACTURE, AbnormalityGroup.HARDWARE)
EVERY = tuple(AbnormalityGroup)


@pytest.mark.parametrize(
    ("abnormal", "group", "expected"),
    [
        (False, None, [0, 0, 0]),
        (True, None, [1, -1, -1]),
        (True, AbnormalityGroup.HARDWARE, [1, 0, 1]),
        (True, AbnormalityGroup.LESION, [1, 0, 0]),
    ],
)
def test_what_is_known_of_a_radiograph(abnormal, group, expected):
    assert label_row(abnormal, group, GROUPS) == expected


def test_every_abnormality_belongs_to_a_group():
    assert {kind.group for kind in Abnormality} == set(AbnormalityGroup)
    assert Abnormality.PLASTER.group is AbnormalityGroup.OTHER


def test_without_groups_the_loss_is_keras_binary_crossentropy():
    assert label_row(True, None, ()) == [1.0]
    labels, probabilities = np.array([[1.0], [0.0]], np.float32), np.array([[0.9], [0.2]], np.float32)
    expected = keras.ops.convert_to_numpy(keras.losses.binary_crossentropy(labels, probabilities))
    np.testing.assert_allclose(known_crossentropy(labels, probabilities), expected, rtol=1e-5)


def test_what_is_not_known_counts_for_nothing():
    probabilities = np.array([[0.9, 0.3, 0.6]], np.float32)
    known = np.array([[1.0, -1.0, 0.0]], np.float32)
    expected = -(np.log(0.9) + np.log(0.4)) / 2
    np.testing.assert_allclose(known_crossentropy(known, probabilities), [expected], rtol=1e-5)
    np.testing.assert_allclose(known_crossentropy(np.full((1, 3), -1.0), probabilities), [0.0])


def test_accuracy_is_that_of_the_first_unit():
    metric = FindingAccuracy(name="accuracy")
    metric.update_state(np.array([[1.0, -1.0], [0.0, 0.0]]), np.array([[0.9, 0.9], [0.8, 0.1]]))
    assert float(metric.result()) == 0.5


def test_head_has_a_class_for_each_group():
    head = head_of(GROUPS, (0.2, 0.3), 0.6)
    assert (head.kind, [one.name for one in head.classes]) == (HeadKind.SIGMOID, ["abnormal", "fracture", "hardware"])
    assert [one.threshold for one in head.classes] == [0.6, 0.2, 0.3]
    assert [one.threshold for one in head_of(GROUPS).classes] == [0.5] * 3
    with pytest.raises(OptionError, match="each of 2 groups"):
        head_of(GROUPS, (0.2,))
    with pytest.raises(OptionError, match="each a group once"):
        Recipe("tiny", groups=GROUPS * 2)


def test_settings_of_one_unit_are_those_of_older_runs():
    assert "groups" not in Recipe("tiny").as_dict()
    assert Recipe("tiny", groups=GROUPS).as_dict()["groups"] == GROUPS


@pytest.mark.slow
def test_a_head_of_one_unit_is_left_behind():
    one = tensors_of(build_network(ARCHITECTURES["tiny"], None))
    model = compiled_network(Recipe("tiny", groups=GROUPS), InitialWeights(one, "x"), 4)
    started = tensors_of(model)
    assert started["predictions/kernel"].shape[-1] == 3
    np.testing.assert_array_equal(started["conv1_conv/kernel"], one["conv1_conv/kernel"])


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    write_data_set(folder, DataSetPlan(48, (ExtremityType.WRIST,), valid_share=0.5, abnormal_share=0.7, size_px=96))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("regions", [0.0, 1.0])
def test_a_model_set_of_several_findings(phantoms, tmp_path, regions):
    recipe = Recipe(
        "tiny",
        InputSpecification(size_px=32),
        epochs=2,
        batch_size=8,
        learning_rate=3e-3,
        rule=EpochRule.LAST,
        regions=regions,
        groups=EVERY,
    )
    trainer = Trainer(recipe, phantoms, (), tmp_path / "run", lambda line: None)
    model, state = trainer.train()
    text = ModelSetText("groups", "Groups", "1", "Telling groups apart.", "Diagnosis.", "Phantoms.")
    manifest = finish(trainer, model, state, text, tmp_path, lambda line: None)
    loaded = load_model_set(tmp_path / "groups")
    names = ["abnormal", *(str(group) for group in EVERY)]
    assert [one.name for one in loaded.classifier.head.classes] == names
    assert loaded.manifest == manifest
    assert manifest.threshold == 0.5
    card = (tmp_path / "groups" / "README.md").read_text()
    assert "### By class" in card
    assert "| fracture |" in card
    assert "severity" in card


@pytest.mark.slow
def test_groups_need_truth(phantoms, tmp_path):
    (tmp_path / "data").mkdir()
    for split in ("train", "valid"):
        (tmp_path / "data" / split).symlink_to(phantoms / split)
    with pytest.raises(DataSetError, match="truth"):
        Trainer(Recipe("tiny", groups=GROUPS), tmp_path / "data", (), tmp_path / "run", lambda line: None)
