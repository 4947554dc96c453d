"""A network with several classes: a reader chooses whose map is shown; one with a single unit asks nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.heads import Head, HeadKind, OutputClass
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.radiograph.preprocessing import InputSpecification
from tests.pages.conftest import loaded, open_explain
from tests.tiny_tensors import draw_tensors

HEAD = Head(
    HeadKind.SOFTMAX, (OutputClass("normal", is_normal=True), OutputClass("fracture", 0.2), OutputClass("implant", 0.3))
)


@pytest.fixture
def several(tmp_path: Path, use_models: Callable[[Path], None]) -> AppTest:
    folder = tmp_path / "models" / "several"
    write_model_set(
        folder,
        draw_tensors("tiny-resnet", units=3),
        name="several",
        title="Several",
        version="1",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny-resnet",
        specification=InputSpecification(64),
        head=HEAD,
        card="",
    )
    use_models(folder.parent)
    return loaded(open_explain())


def test_the_probability_is_that_of_the_chosen_class_on_every_page(several: AppTest) -> None:
    choice = several.selectbox(key="output_class_several")
    assert choice.options == ["most probable", "normal", "fracture", "implant"]
    assert choice.value is None
    first = _named(several)
    assert first in ("fracture", "implant")
    other = "implant" if first == "fracture" else "fracture"
    choice.set_value(other).run()
    assert not several.exception
    assert _named(several) == other
    several.switch_page("pages/Audit.py").run()
    assert not several.exception
    assert several.selectbox(key="output_class_several").value == other


def test_the_choice_is_taken_back(several: AppTest) -> None:
    first = _named(several)
    several.selectbox(key="output_class_several").set_value("normal").run()
    assert _named(several) == "normal"
    several.selectbox(key="output_class_several").set_value(None).run()
    assert _named(several) == first


def test_one_unit_asks_for_no_class(explain_page: AppTest) -> None:
    assert not [box for box in explain_page.selectbox if str(box.key).startswith("output_class")]
    assert "probability of abnormal" in _prediction(explain_page)


def test_a_study_names_the_class_it_votes_on(several: AppTest) -> None:
    several.selectbox(key="output_class_several").set_value("implant").run()
    several.switch_page("pages/Study.py").run()
    assert not several.exception
    said = " ".join(text.value for text in several.markdown)
    assert "mean probability of implant" in said
    assert "Implant: " in said
    assert "abnormal" not in said.lower()


def _prediction(page: AppTest) -> str:
    return next(text.value for text in page.markdown if "probability of" in text.value)


def _named(page: AppTest) -> str:
    """The class whose probability is shown."""
    return _prediction(page).split("probability of ")[1].split("]")[0]
