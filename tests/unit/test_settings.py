"""Settings come from the environment once, and stay."""

import dataclasses
import os
from pathlib import Path

import pytest

from densexplain.settings import PROJECT_FOLDER, Settings, settings

_read_anew = settings.__wrapped__


def test_the_bundled_folder_comes_last(monkeypatch):
    monkeypatch.setenv("DENSEXPLAIN_MODELS", os.pathsep.join(["/one", "", "/two"]))
    assert _read_anew().model_folders == (Path("/one"), Path("/two"), PROJECT_FOLDER / "models")


def test_without_the_variable_only_the_bundled_folder_counts(monkeypatch):
    monkeypatch.delenv("DENSEXPLAIN_MODELS", raising=False)
    assert _read_anew().model_folders == (PROJECT_FOLDER / "models",)


def test_data_folders_are_named_by_the_operator_alone(monkeypatch):
    monkeypatch.delenv("DENSEXPLAIN_DATA", raising=False)
    assert _read_anew().data_folders == ()
    monkeypatch.setenv("DENSEXPLAIN_DATA", os.pathsep.join(["/mura", "/knees"]))
    assert _read_anew().data_folders == (Path("/mura"), Path("/knees"))


def test_another_folder_of_cases_takes_the_place_of_the_bundled_one(monkeypatch):
    monkeypatch.delenv("DENSEXPLAIN_CASES", raising=False)
    assert _read_anew().cases == PROJECT_FOLDER / "assets" / "cases"
    monkeypatch.setenv("DENSEXPLAIN_CASES", "/lecture")
    assert _read_anew().cases == Path("/lecture")


@pytest.mark.parametrize(("value", "vouched"), [("1", True), ("", False), ("0", False), ("yes", False)])
def test_only_a_plain_1_vouches_for_a_proxy(monkeypatch, value, vouched):
    monkeypatch.setenv("DENSEXPLAIN_BEHIND_PROXY", value)
    assert _read_anew().behind_proxy is vouched


def test_the_environment_is_read_once(monkeypatch):
    before = settings()
    monkeypatch.setenv("DENSEXPLAIN_MODELS", "/later")
    assert settings() is before


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().queue_length = 0  # type: ignore[misc]


def test_limits_are_those_of_the_reliability_rules():
    limits = Settings()
    assert limits.maximum_file_bytes == 67_108_864
    assert (limits.maximum_side_px, limits.maximum_pixels, limits.minimum_side_px) == (32_000, 40_000_000, 32)
    assert (limits.maximum_upload_files, limits.maximum_upload_bytes) == (64, 268_435_456)
    assert limits.maximum_upload_pixels == 160_000_000
    assert (limits.decoding_seconds, limits.decoding_memory_bytes, limits.decodings_per_child) == (5.0, 1.5e9, 100)


@pytest.mark.parametrize(
    ("value", "seconds"), [("5", 300), ("0", 0), ("0.5", 30), ("-1", 1800), ("x", 1800), ("", 1800)]
)
def test_how_long_a_case_is_kept_is_the_operators(monkeypatch, value, seconds):
    monkeypatch.setenv("DENSEXPLAIN_KEPT_MINUTES", value)
    monkeypatch.setenv("DENSEXPLAIN_KEPT_WORKSPACES", "3")
    assert (_read_anew().kept_idle_seconds, _read_anew().kept_workspaces) == (seconds, 3)
