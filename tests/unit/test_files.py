"""A file is there whole, old or new, whatever happens while it is written."""

import stat
import subprocess
import sys

import pytest

from densexplain.files import check_writable, write_atomically

# The kernel stops this child's files at 4096 bytes, as a full disk would.
_WRITE_TOO_MUCH = """
import resource, signal, sys
from pathlib import Path
from densexplain.files import check_writable, write_atomically
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_atomically(Path(sys.argv[1]), b"new" * 100_000)
except OSError as error:
    print(type(error).__name__, error.errno)
"""


def test_new_content_replaces_the_old(tmp_path):
    path = tmp_path / "state"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_others_may_read_what_was_written(tmp_path):
    write_atomically(tmp_path / "state", b"")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o644


def test_a_write_that_runs_out_of_room_leaves_the_old_file(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"old")
    child = subprocess.run([sys.executable, "-c", _WRITE_TOO_MUCH, path], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["OSError", "27"]  # EFBIG
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_a_missing_folder_is_an_error_and_nothing_is_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "state", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_stays_and_no_temporary_file_is_left(tmp_path):
    (tmp_path / "state").mkdir()
    with pytest.raises(OSError, match="state"):
        write_atomically(tmp_path / "state", b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_a_folder_is_found_to_be_writable_and_left_empty(tmp_path):
    check_writable(tmp_path / "new" / "deeper")
    assert list((tmp_path / "new" / "deeper").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        check_writable(tmp_path / "file" / "deeper")
