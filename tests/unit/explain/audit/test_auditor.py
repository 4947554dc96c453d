"""A whole audit on the tiny network: one batched pass, always the same, and a record that says all of it."""

import json
from contextlib import contextmanager

import numpy as np
import pytest

from densexplain.errors import OptionError, RegionOutsideError, ShapeError
from densexplain.explain.audit.audit import AuditOptions
from densexplain.explain.audit.auditor import Auditor
from densexplain.explain.audit.record import audit_record
from densexplain.explain.audit.verdict import Overruling
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.radiograph.regions.region_file import regions_from_json
from densexplain.vocabulary import AuditVerdict, FileFormat, Region, RegionSource

PIXELS = np.random.default_rng(8).random((120, 90)).astype(np.float32)
RADIOGRAPH = Radiograph(PIXELS, FileFormat.PNG, Acquisition(), "0" * 64)


def region(name: str, kind: Region | None, rows: slice, columns: slice) -> NamedRegion:
    mask = np.zeros(PIXELS.shape, bool)
    mask[rows, columns] = True
    return NamedRegion(name, kind, mask, RegionSource.DRAWN)


REGIONS = (
    region("text legend", Region.TEXT_LEGEND, np.s_[5:25], np.s_[60:80]),
    region("marked region", Region.ABNORMALITY, np.s_[40:90], np.s_[20:60]),
    region("cast", None, np.s_[80:120], np.s_[10:30]),
)


@pytest.fixture(scope="module")
def auditor(explainer):
    return Auditor(explainer, most_at_once=6)


@pytest.fixture(scope="module")
def audit(auditor):
    return auditor.audit(PIXELS, REGIONS)


def test_logits_and_maps_of_a_batch_are_those_of_single_passes(model_set, explainer, network_inputs):
    evidence = explainer.evidence(list(network_inputs))
    for place, network_input in enumerate(network_inputs):
        alone = explainer.explain(network_input)
        assert evidence.logits[place] == pytest.approx(alone.logit, abs=1e-4)
        assert evidence.maps[place] == pytest.approx(alone.activation_map, abs=1e-3)


def test_bad_batches_are_refused(explainer):
    with pytest.raises(ShapeError, match="received none"):
        explainer.evidence([])
    with pytest.raises(ShapeError, match="received"):
        explainer.evidence([np.zeros((3, 3, 3), np.float32)])


def test_the_account_is_the_logit_and_all_is_answered(audit):
    assert audit.attribution.total == pytest.approx(audit.explanation.logit, abs=1e-4)
    assert [result.what_if.name for result in audit.what_ifs] == [
        "without the text legend", "without the marked region", "without the cast",
        "only the text legend", "only the marked region", "only the cast",
    ]  # fmt: skip
    assert len(audit.stability.logits) == 16
    for result in audit.what_ifs:
        assert result.change == pytest.approx(result.logit - audit.explanation.logit)


def test_the_same_audit_for_the_same_seed(auditor, audit):
    again = auditor.audit(PIXELS, REGIONS)
    assert np.array_equal(again.stability.logits, audit.stability.logits)
    assert [one.logit for one in again.what_ifs] == [one.logit for one in audit.what_ifs]
    assert again.verdict == audit.verdict
    other = auditor.audit(PIXELS, REGIONS, options=AuditOptions(seed=1))
    assert not np.array_equal(other.stability.logits, audit.stability.logits)


def test_a_crop_takes_the_regions_along(auditor):
    told = []
    geometry = Geometry(Crop(30, 10, 70, 60))
    audit = auditor.audit(PIXELS, REGIONS, geometry, report=lambda step, share: told.append(share))
    assert audit.pixels.shape == (70, 60)
    assert audit.attribution.total == pytest.approx(audit.explanation.logit, abs=1e-4)
    assert audit.attribution.entries[0].evidence.area == 0  # the legend is cropped off
    assert not any("legend" in result.what_if.name for result in audit.what_ifs)
    assert len(told) == 2 + 4  # 20 copies, 6 at a time
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] < 1


def test_every_batch_waits_for_its_turn(auditor):
    turns, told = [], []

    @contextmanager
    def turn(on_wait):
        on_wait(2)
        turns.append("begins")
        yield
        turns.append("ends")

    auditor.audit(PIXELS, REGIONS, report=lambda step, share: told.append(step), turn=turn)
    assert turns == ["begins", "ends"] * (1 + 4)
    assert told.count("2 others are ahead of this audit") == 5


def test_what_is_told_can_end_an_audit(auditor):
    def stop(step, share):
        if "copies" in step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        auditor.audit(PIXELS, REGIONS, report=stop)


def test_regions_that_are_not_the_radiographs(auditor):
    with pytest.raises(ShapeError, match="'small'"):
        auditor.audit(PIXELS, [NamedRegion("small", None, np.ones((3, 3), bool), RegionSource.DRAWN)])
    with pytest.raises(RegionOutsideError, match="covers none"):
        auditor.audit(PIXELS, [region("empty", None, np.s_[0:0], np.s_[0:0])])


def test_the_record_says_all_and_its_regions_can_be_read_again(audit, model_set):
    overruling = Overruling(AuditVerdict.PARTLY, "The cast is over the fracture.")
    record = audit_record(audit, model_set.manifest, RADIOGRAPH, overruling=overruling, remark=" In plaster. ")
    told = json.loads(json.dumps(record, allow_nan=False))
    assert told["notice"] == "Research use only, not for diagnosis"
    assert set(told["audit"]) == {"regions", "account", "what_ifs", "stability", "verdict", "remark"}
    assert told["audit"]["remark"] == "In plaster."
    assert audit_record(audit, model_set.manifest, RADIOGRAPH)["audit"]["remark"] is None
    with pytest.raises(OptionError, match="at most 2000 characters; received 2001"):
        audit_record(audit, model_set.manifest, RADIOGRAPH, remark="x" * 2001)
    entries = [*told["audit"]["account"]["entries"], told["audit"]["account"]["elsewhere"]]
    assert told["bias"] + sum(entry["net"] for entry in entries) == pytest.approx(told["logit"], abs=1e-4)
    verdict = told["audit"]["verdict"]
    assert verdict["computed"] == audit.verdict.verdict.value
    assert verdict["overruled"] == {"verdict": "partly supported by the marked region", "reason": overruling.reason}
    again = regions_from_json(told["audit"], *PIXELS.shape)
    assert [one.name for one in again] == [one.name for one in REGIONS]
    assert all(np.array_equal(one.mask, other.mask) for one, other in zip(again, REGIONS, strict=True))
