"""The page Audit on a tiny network, without a browser: what it shows, and what it refuses with a sentence."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from streamlit.testing.v1 import AppTest

from densexplain.phantom.dicom_file import write_dx
from densexplain.radiograph.crop import Crop
from densexplain.radiograph.reading.patient_identity import PatientIdentity
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.ui import cache
from densexplain.ui.audit import identity as audit_identity
from densexplain.vocabulary import AuditVerdict, ExtremityType, Projection, Region
from tests.pages.conftest import SECONDS, case, loaded
from tests.tiny import ROOT, write_familiarity, write_tiny

TILE = '<figure class="audited">'
WHO = PatientIdentity("Doe, Jane")
BOX = DrawnBox(Region.ABNORMALITY, Crop(300, 300, 200, 250))


def open_audit(app: AppTest | None = None) -> AppTest:
    app = app or AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    return audited(app.switch_page("pages/Audit.py").run())


def audited(app: AppTest) -> AppTest:
    """Run the page again until its audit is that of the regions as they are."""
    loaded(app)
    deadline = time.monotonic() + SECONDS
    while not any("Audited in" in block.value for block in app.markdown):
        assert not app.exception
        assert not app.error, [block.value for block in app.error]
        assert time.monotonic() < deadline, "there was no audit in time"
        time.sleep(0.2)
        app.run()
    assert not app.exception
    return app


@pytest.fixture
def audit_page(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> AppTest:
    """The sample in a tilted image frame, audited."""
    use_models(tiny_model_sets)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Audit.py").run()
    return audited(app.selectbox(key="sample").select("knee-in-frame").run())


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in (*app.markdown, *app.caption))


def chart(app: AppTest, number: int) -> dict:
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def tiles(app: AppTest) -> list[str]:
    return [block.proto.body for block in app.get("html") if TILE in block.proto.body]


def latest(app: AppTest):
    return case(app).audits.audits[-1]


def names(app: AppTest) -> list[str]:
    return [region.name for region in case(app).regions.edited.regions]


def test_one_look_from_verdict_to_stability(audit_page: AppTest) -> None:
    app, audit = audit_page, latest(audit_page)
    assert names(app) == ["exposed anatomy", "text legend 1", "text legend 2", "image frame"]
    said = words(app)
    assert audit.verdict.sentence in said
    assert str(audit.verdict.verdict).capitalize() in said
    assert audit.attribution.blur in said
    assert "Research use only, not for diagnosis" in said
    bars = chart(app, 0)["data"][0]
    assert sum(bars["x"]) == pytest.approx(audit.explanation.logit, abs=1e-4)
    assert chart(app, 0)["layout"]["yaxis"]["ticktext"][0] == "bias"
    marks = chart(app, 1)["data"]
    assert sum(len(one["x"]) for one in marks) == 16
    row, spread = tiles(app)
    assert row.count(TILE) == 1 + len(audit.what_ifs) >= 4
    assert row.count("<mark>") == sum(result.flips for result in audit.what_ifs)
    assert "without the text legends" in row
    assert "image frame cropped off" in row
    assert "map spread" in spread
    assert [button.label for button in app.download_button] == [
        "Save these regions, JSON",
        "Report, PDF",
        "Report, PNG",
        "Record, JSON",
        "Pictures and masks, zip",
    ]
    assert dict(app.query_params) == {}

    # Asked again, nothing is asked of the network; more small changes are another audit.
    app.run()
    assert latest(app) is audit
    app = audited(app.segmented_control(key="audit_variants").set_value(32).run())
    assert latest(app) is not audit
    assert sum(len(one["x"]) for one in chart(app, 1)["data"]) == 32


def test_regions_drawn_on_explain_come_along_and_go_again(audit_page: AppTest) -> None:
    app = audit_page
    assert latest(app).verdict.marked_share is None
    case(app).boxes = (BOX,)
    app = audited(app.run())
    assert "marked region" in names(app)
    assert "inside the region you marked" in words(app)
    assert latest(app).verdict.marked_share is not None
    case(app).boxes = ()
    app = audited(app.run())
    assert "marked region" not in names(app)
    assert "inside the region you marked" not in words(app)


def test_the_readers_verdict_stands_beside_the_computed_one(audit_page: AppTest) -> None:
    app = audit_page
    computed = latest(app).verdict
    app.selectbox(key="own_verdict").select(AuditVerdict.FRAGILE)
    app.button[[one.label for one in app.button].index("Keep")].click().run()
    assert "expected a reason" in app.error[0].value.lower()
    app.text_area(key="own_reason").set_value("It *is* moved.")
    app.text_area(key="audit_remark").set_value("Ask again.")
    app.button[[one.label for one in app.button].index("Keep")].click().run()
    assert not app.error
    said = words(app)
    assert "You: fragile" in said
    assert "It \\*is\\* moved\\." in said
    assert computed.sentence in said
    opinion = case(app).opinion
    assert (opinion.overruling.verdict, opinion.remark) == (AuditVerdict.FRAGILE, "Ask again.")
    # Another radiograph has no opinion yet.
    app = audited(app.selectbox(key="sample").select("knee").run())
    assert "You: fragile" not in words(app)
    assert app.text_area(key="own_reason").value == ""
    assert app.selectbox(key="own_verdict").value is None


def test_another_radiograph_ends_the_audit_that_is_running(audit_page: AppTest) -> None:
    app = audit_page
    queue = cache.loading(cache.usable_model_sets()["tiny-a"]).ready.queue
    with queue.turn():  # somebody else's, which the audit has to wait for
        case(app).boxes = (BOX,)
        app.run()
        run = case(app).audits.run
        assert "Audited in" not in words(app)
        assert "of the regions before the change" in words(app)
        app.selectbox(key="sample").select("knee").run()
        assert not app.get("plotly_chart")  # nothing of the other radiograph
    deadline = time.monotonic() + SECONDS
    while not run.done:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run.audit is None
    assert run.error is None
    app = audited(app.run())
    assert "marked region" not in names(app)


def test_too_many_others_are_told_of_and_the_audit_can_be_asked_for_again(audit_page: AppTest) -> None:
    app = audit_page
    queue = cache.loading(cache.usable_model_sets()["tiny-a"]).ready.queue
    length, queue.length = queue.length, 0
    try:
        with queue.turn():
            case(app).boxes = (BOX,)
            app.run()
            run = case(app).audits.run
            deadline = time.monotonic() + SECONDS
            while not run.done:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            app.run()
        assert "has to wait" in app.error[0].value
        app = audited(app.button(key="audit_again").click().run())
        assert "marked region" in names(app)
    finally:
        queue.length = length


BAD_FILES = {
    "no JSON": (b"\xff\xfe", "This region file was not used."),
    "outside": (
        json.dumps({"regions": [{"kind": "abnormality", "box": [0, 0, 9000, 5]}]}).encode(),
        "inside the radiograph",
    ),
    "without pixels": (json.dumps({"regions": [{"name": "a", "polygons": []}]}).encode(), "a list of 1 to 20000"),
    "of another kind": (json.dumps({"regions": [{"kind": "shoe", "box": [1, 1, 2, 2]}]}).encode(), "one of bone"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_of_regions_that_is_refused_leaves_them_as_they_are(audit_page: AppTest, name: str) -> None:
    app, before = audit_page, case(audit_page).regions.edited.regions
    content, sentence = BAD_FILES[name]
    app.file_uploader(key="regions_file").set_value([("regions.json", content, "application/json")]).run()
    assert not app.exception
    assert sentence in app.error[0].value
    assert case(app).regions.edited.regions == before
    assert tiles(app)


def test_a_file_of_regions_takes_their_place(audit_page: AppTest) -> None:
    app = audit_page
    regions = {
        "regions": [
            {"kind": "abnormality", "box": [100, 200, 300, 150]},
            {"name": "cast", "polygon": [[5, 5], [90, 9], [9, 99]]},
        ]
    }
    app.file_uploader(key="regions_file").set_value(
        [("regions.json", json.dumps(regions).encode(), "application/json")]
    ).run()
    app = audited(app)
    assert names(app) == ["marked region", "cast"]
    assert "only the cast" in tiles(app)[0]
    assert np.count_nonzero(latest(app).regions[0].mask) == 300 * 150


def test_a_foreign_radiograph_has_no_finding_and_no_sentence(
    tmp_path: Path, use_models: Callable[[Path], None]
) -> None:
    folder = tmp_path / "models"
    write_tiny(folder / "tiny-e", 1, "Tiny E, withholds")
    write_familiarity(folder / "tiny-e", 1e-4, 1e-3)
    use_models(folder)
    app = open_audit()
    audit = latest(app)
    assert audit.explanation.label_withheld
    said = words(app)
    assert audit.verdict.sentence not in said
    assert str(audit.verdict.verdict).capitalize() not in said
    assert "of the evidence for" not in said
    assert "<mark>" not in "".join(tiles(app))
    assert f"{audit.explanation.probability:.2f}" not in tiles(app)[0]
    assert len(app.get("plotly_chart")) == 1  # the account, which is the map in numbers


def test_a_blinded_reading_is_finished_first(audit_page: AppTest) -> None:
    app = audit_page.switch_page("pages/Explain.py").run()
    app.toggle(key="blinded").set_value(True).run()
    app = app.switch_page("pages/Audit.py").run()
    assert "finish your own reading" in app.info[0].value
    assert not app.get("plotly_chart")
    assert not app.download_button


def test_an_inverted_radiograph_is_looked_at_anew_and_a_crop_is_not(audit_page: AppTest) -> None:
    app, before = audit_page, case(audit_page).regions.edited
    app = app.switch_page("pages/Explain.py").run()
    app.button(key="apply_frame").click().run()
    app = open_audit(app)
    assert case(app).regions.edited is before
    assert latest(app).geometry.crop is not None
    assert "image frame cropped off" not in tiles(app)[0]
    app = app.switch_page("pages/Explain.py").run()
    app.button(key="tool_invert").click().run()
    app = open_audit(app)
    assert case(app).regions.inverted
    assert case(app).regions.edited is not before
    assert latest(app).geometry.invert


def test_the_patient_is_named_when_the_audited_file_is_given_once_more(
    audit_page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "one.dcm", tmp_path / "two.dcm"
    grey = np.random.default_rng(6).random((90, 70))
    write_dx(path, grey, ExtremityType.WRIST, Projection.FRONTAL, "L", 1, 0.2)
    write_dx(other, grey.T, ExtremityType.WRIST, Projection.FRONTAL, "L", 1, 0.2)
    dataset = pydicom.dcmread(path)
    dataset.PatientName = "Doe^Jane"
    dataset.save_as(path)
    printed = []
    monkeypatch.setattr(audit_identity, "read_patient_identity", lambda *given: printed.append(given) or WHO)

    assert not audit_page.checkbox  # a synthetic sample names nobody
    app = audit_page
    app.file_uploader(key="upload").set_value([(path.name, path.read_bytes(), "application/dicom")]).run()
    app = audited(app)
    app.checkbox(key="identity_wanted").set_value(True).run()
    assert "does not name the patient" in words(app)
    app.file_uploader(key="identity_file").set_value([("b.dcm", other.read_bytes(), "application/dicom")]).run()
    assert "not the file that was audited" in app.error[0].value
    assert printed == []
    app.file_uploader(key="identity_file").set_value([("a.dcm", path.read_bytes(), "application/dicom")]).run()
    assert not app.error
    assert [name for _, name in printed] == ["a.dcm"]
    assert "Doe" not in words(app)
    assert "Doe" not in str(app.session_state)
