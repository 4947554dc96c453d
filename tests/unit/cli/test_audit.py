"""``audit``: a JSON object with all of it, files beside it, and one line for what is refused."""

import json

import cv2
import numpy as np
import pypdf
import pytest
from pydicom import dcmwrite, uid
from pydicom.dataset import Dataset, FileMetaDataset

from tests.phantoms import write_phantoms

pytestmark = pytest.mark.slow

ABNORMALITY = {"kind": "abnormality", "box": [30, 20, 40, 30]}


@pytest.fixture
def dicom_file(tmp_path):
    """A radiograph of 64 x 64 that names a patient."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    dataset.SOPClassUID = uid.DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = "Doe^Jane", "4711", "19560309"
    dataset.Rows = dataset.Columns = 64
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = np.arange(64 * 64, dtype=np.uint16).tobytes()
    path = tmp_path / "radiograph.dcm"
    dcmwrite(path, dataset, enforce_file_format=True)
    return path


@pytest.fixture
def regions(tmp_path):
    def write(*entries):
        path = tmp_path / "regions.json"
        path.write_text(json.dumps({"regions": list(entries)}))
        return path

    return write


def test_an_audit_with_files(run, use_models, model_folder, radiograph, regions, tmp_path):
    use_models(model_folder)
    legend = {"name": "letter", "kind": "text legend", "polygon": [[60, 5], [80, 5], [80, 20], [60, 20]]}
    given = ("--regions", regions(ABNORMALITY, legend), "--only-given", "--out", tmp_path / "out")
    verdict = ("--overrule", "fragile", "--reason", "I do not see it.")
    code, out, _ = run("audit", radiograph, "--model-set", "tiny", *given, *verdict, "--remark", " Cast on. ")
    assert code == 0
    told = json.loads(out)
    audit = told["audit"]
    assert told["notice"] == "Research use only, not for diagnosis"
    assert [region["name"] for region in audit["regions"]] == ["marked region", "letter"]
    assert audit["account"]["total"] == pytest.approx(told["logit"], abs=1e-4)
    assert len(audit["what_ifs"]) == 4
    assert len(audit["stability"]["variants"]) == 16
    assert audit["verdict"]["overruled"] == {"verdict": "fragile", "reason": "I do not see it."}
    assert audit["remark"] == "Cast on."
    assert json.loads((tmp_path / "out" / "audit.json").read_text()) == told
    words = report_words(tmp_path / "out")
    expected = ("Cast on.", "I do not see it.", "fragile", "letter", told["input"]["sha256"])
    assert [part for part in expected if part not in words] == []
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"overlay.png", "map_spread.png", "outlines.png", "regions.png", "mask_2.png", "what_if_4.png"} <= names
    assert {"report.pdf", "report.png"} <= names
    mask = cv2.imread(str(tmp_path / "out" / "mask_2.png"), cv2.IMREAD_UNCHANGED)
    assert (mask.shape, np.unique(mask).tolist(), int((mask > 0).sum())) == ((120, 90), [0, 255], 16 * 21)
    assert b"Research use only" in (tmp_path / "out" / "overlay.png").read_bytes()


def report_words(folder):
    """What the printed page says, in one line."""
    (page,) = pypdf.PdfReader(folder / "report.pdf").pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("asked", [False, True])
def test_the_patient_is_named_on_the_report_alone_and_only_if_asked_for(
    run, use_models, model_folder, dicom_file, tmp_path, asked
):
    use_models(model_folder)
    folder = tmp_path / "out"
    options = ("--only-given", "--out", folder, *(["--identity"] * asked))
    code, out, lines = run("audit", dicom_file, "--model-set", "tiny", *options)
    assert code == 0
    words = report_words(folder)
    assert ("Doe, Jane" in words, "4711" in words, "1956-03-09" in words) == (asked,) * 3
    names = ("Doe^Jane", "Doe, Jane", "19560309", "1956-03-09")
    said = "\n".join([out, *lines, *(path.name for path in folder.iterdir())]).encode()
    others = [path.read_bytes() for path in folder.iterdir() if path.name != "report.pdf"]
    assert [name for name in names for one in (said, *others) if name.encode() in one] == []


REFUSED = {
    "a region outside": ({"box": [100, 20, 40, 30]}, (), "must lie inside the radiograph of 120 rows x 90 columns"),
    "no kind": ({"kind": "shoe", "box": [1, 1, 9, 9]}, (), "region 1 of the file cannot be used: expected `kind`"),
    "too few variants": (ABNORMALITY, ("--variants", "3"), "`variants` must lie between 16 and 64"),
    "a remark too long": (ABNORMALITY, ("--remark", "x" * 2001), "at most 2000 characters"),
    "an identity for no report": (ABNORMALITY, ("--identity",), "expected --out with --identity"),
    "no reason": (ABNORMALITY, ("--overrule", "fragile"), "--overrule and --reason together"),
    "a crop outside": (ABNORMALITY, ("--crop", "100", "0", "60", "60"), "A crop must lie inside"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_line(refused, radiograph, regions, name):
    entry, further, words = REFUSED[name]
    arguments = ("--model-set", "tiny", "--regions", regions(entry), "--only-given", *further)
    assert words in refused("audit", radiograph, *arguments)


def test_a_file_of_regions_that_is_not_there(refused, radiograph, tmp_path):
    assert "can be read" in refused("audit", radiograph, "--model-set", "tiny", "--regions", tmp_path / "none.json")


def test_measuring_refuses_a_data_set_without_truth(refused, tmp_path):
    assert "truth" in refused("measure-audit", "--data", tmp_path, "--model-set", "tiny")
    assert "--limit" in refused("measure-audit", "--data", tmp_path, "--model-set", "tiny", "--limit", "0")


def test_measuring_tells_rates_of_both_kinds(run, use_models, model_folder, tmp_path):
    use_models(model_folder)
    write_phantoms(tmp_path / "data", 4, {"abnormal": 1.0, "normal": 0.0})
    out = tmp_path / "rates.json"
    code, told, _ = run(
        "measure-audit", "--data", tmp_path / "data", "--model-set", "tiny", "--limit", "2", "--out", out
    )
    assert code == 0
    assert "shortcut recognised" in told
    record = json.loads(out.read_text())
    assert record["notice"] == "Research use only, not for diagnosis"
    assert len(record["phantoms"]) == record["rates"]["shortcut_cases"] + record["rates"]["clean_cases"] <= 4
    assert [tried["push_logits"] for tried in record["tried"]] == [0.25, 0.5, 1.0, 1.5, 2.0, 3.0]
