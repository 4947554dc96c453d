"""Radiographs found by the hash of their file, and by nothing else."""

import hashlib
import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from densexplain.errors import RadiographNotFoundError
from densexplain.radiograph.reading.library import RadiographLibrary, Search


def write_png(path: Path, seed: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = cv2.imencode(".png", np.random.default_rng(seed).integers(0, 255, (40, 50), np.uint8))[1].tobytes()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def searched(library: RadiographLibrary) -> RadiographLibrary:
    library.search()
    deadline = time.monotonic() + 10
    while not library.progress().done:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return library


def test_finds_what_lies_anywhere_under_its_folders(tmp_path: Path) -> None:
    deep = write_png(tmp_path / "one" / "XR_KNEE" / "patient1" / "study1_positive" / "image1.png", 1)
    other = write_png(tmp_path / "two" / "plain", 2)
    elsewhere = write_png(tmp_path / "three" / "image1.png", 3)
    library = searched(RadiographLibrary((tmp_path / "one", tmp_path / "two", tmp_path / "missing")))
    assert deep in library
    assert other in library
    assert elsewhere not in library
    assert library.progress() == Search(files=2, hashed=2, done=True)
    radiograph = library.read(deep)
    assert (radiograph.sha256, radiograph.rows, radiograph.columns) == (deep, 40, 50)


def test_passes_over_what_is_no_radiograph(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("a,b\n")
    (tmp_path / "empty.png").touch()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "pipe.png")
    write_png(tmp_path / ".hidden.png", 1)
    assert searched(RadiographLibrary((tmp_path,))).progress() == Search(0, 0, done=True)


@pytest.mark.parametrize("change", ["another file", "no file", "never there"])
def test_never_hands_out_another_radiograph(tmp_path: Path, change: str) -> None:
    path = tmp_path / "MUELLER_1950.png"
    sha256 = write_png(path, 1)
    library = searched(RadiographLibrary((tmp_path,)))
    if change == "another file":
        write_png(path, 2)
    elif change == "no file":
        path.unlink()
    else:
        sha256 = "0" * 64
    with pytest.raises(RadiographNotFoundError) as refusal:
        library.read(sha256)
    assert sha256[:8] in str(refusal.value)
    assert "MUELLER" not in str(refusal.value)


def test_a_second_search_reads_only_what_has_changed(tmp_path: Path) -> None:
    kept, changed = tmp_path / "kept.png", tmp_path / "changed.png"
    first, before = write_png(kept, 1), write_png(changed, 2)
    library = searched(RadiographLibrary((tmp_path,)))
    # The same size and time stamp with other content: known by these, it is not read again.
    stamp = kept.stat()
    kept.write_bytes(kept.read_bytes()[::-1])
    os.utime(kept, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    after = write_png(changed, 3)
    searched(library)
    assert first in library
    assert after in library
    assert before not in library


def test_searches_once_at_a_time(tmp_path: Path) -> None:
    hashes = [write_png(tmp_path / f"{number}.png", number) for number in range(300)]
    library = RadiographLibrary((tmp_path,))
    for _ in range(5):
        library.search()
    searched(library)
    assert all(sha256 in library for sha256 in hashes)
    assert library.progress() == Search(300, 300, done=True)
