"""What every record says of itself; the records' own tests hold their keys."""

from densexplain import __version__
from densexplain.provenance import NOTICE, provenance
from tests.compared import manifest


def test_a_record_of_no_model_set_names_notice_and_software():
    assert provenance() == {"notice": NOTICE, "densexplain_version": __version__}
    assert NOTICE == "Research use only, not for diagnosis"


def test_a_record_of_a_model_set_names_it_its_version_and_its_weights():
    one = manifest("a")
    assert provenance(one, engine="onnx") == {
        "notice": NOTICE,
        "densexplain_version": __version__,
        "model_set": "a",
        "model_set_version": one.version,
        "weights_sha256": one.weights_sha256,
        "engine": "onnx",
    }
    assert "engine" not in provenance(one)
