"""Finding out beforehand which radiographs can be read."""

import shutil
import subprocess
import sys

import pytest

from densexplain.data_sets.mura import read_data_set
from densexplain.data_sets.readable import readable_items
from densexplain.errors import DataSetError
from densexplain.settings import PROJECT_FOLDER
from densexplain.vocabulary import Split


@pytest.fixture
def items(data_set, tmp_path):
    return read_data_set(shutil.copytree(data_set, tmp_path / "data"), Split.VALID)


def test_a_sound_data_set_is_handed_back_without_a_word(items):
    lines = []
    assert readable_items(items, lines.append) == (items, ())
    assert lines == []
    assert readable_items((), lines.append) == ((), ())


def test_each_one_that_cannot_be_read_is_named_with_the_reason(items):
    items[2].path.write_bytes(b"")
    items[7].path.unlink()
    lines = []
    readable, skipped = readable_items(items, lines.append)
    assert readable == items[:2] + items[3:7] + items[8:]
    assert skipped == (items[2].path, items[7].path)
    assert [line.split(";")[0] for line in lines] == ["skipped: expected a readable PNG or JPEG"] * 2
    assert f"{items[2].path} is empty" in lines[0]
    assert f"{items[7].path}: No such file" in lines[1]


def test_progress_is_told(items):
    lines = []
    readable_items(items, lines.append, every_seconds=0)
    assert lines == [f"read {number} of 12 radiographs" for number in range(1, 13)]


def test_nothing_readable_is_refused(items):
    for item in items:
        item.path.write_text("text")
    with pytest.raises(DataSetError, match=r"none of 12 can be read, .*image1\.... among them"):
        readable_items(items, [].append)


_LISTEN = """
import sys
from pathlib import Path
from densexplain.data_sets.mura import read_data_set
from densexplain.data_sets.readable import readable_items
readable_items(read_data_set(Path(sys.argv[1]), "valid"), lambda line: print("ours:", line, file=sys.stderr))
print("after", file=sys.stderr)
"""


def test_the_decoders_own_messages_are_not_heard(items, tmp_path):
    content = bytearray(items[0].path.read_bytes())
    content[len(content) // 2] ^= 0x55  # libpng or libjpeg complains to the process's standard error
    items[0].path.write_bytes(content)
    items[1].path.write_text("text")
    words = [sys.executable, "-c", _LISTEN, str(tmp_path / "data")]
    done = subprocess.run(words, cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert lines[-1] == "after"
    assert lines[:-1]
    assert [line for line in lines[:-1] if not line.startswith("ours: skipped: ")] == []
