"""Zip archives, honest and hostile."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from densexplain.errors import ArchiveError, UploadTooLargeError
from densexplain.radiograph.reading.archive import ArchiveMember, is_archive, is_clutter, shown_name, unpack_archive

BOUNDS = (64, 4_000_000, 1_000_000)
PIXELS = bytes(range(256)) * 20


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def unpack_one(archive: bytes) -> ArchiveMember:
    first, second = unpack_archive(archive, *BOUNDS)
    assert (second.name, second.content, second.refusal) == ("good.png", PIXELS, None)
    assert first.content == b""
    assert first.refusal is not None
    return first


def promising(archive: bytes, size: int) -> bytes:
    """The same archive, its first member announced as of another size in both of its headers."""
    content = bytearray(archive)
    struct.pack_into("<I", content, 22, size)
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, size)
    return bytes(content)


def encrypted(archive: bytes) -> bytes:
    content = bytearray(archive)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


GOOD = ("good.png", PIXELS)
HOSTILE = {
    "bomb of one member": (zipped(("bomb.dcm", bytes(1_000_001)), GOOD), "may have 1 MB"),
    "promises less than it holds": (promising(zipped(("a.png", PIXELS), GOOD), 100), "damaged"),
    "promises more than it holds": (promising(zipped(("a.png", PIXELS), GOOD), 9000), "damaged"),
    "leads out": (zipped(("../../etc/cron.d/job", PIXELS), GOOD), "leads out"),
    "absolute": (zipped(("/etc/passwd", PIXELS), GOOD), "leads out"),
    "drive": (zipped(("C:\\windows\\a.png", PIXELS), GOOD), "leads out"),
    "link": (zipped((link(), b"/etc/passwd"), GOOD), "link"),
    "encrypted": (encrypted(zipped(("a.png", PIXELS), GOOD)), "encrypted"),
    "archive by name": (zipped(("more.tar.gz", PIXELS), GOOD), "archive within"),
    "archive by content": (zipped(("a.png", zipped(GOOD)), GOOD), "archive within"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_member_is_refused_by_itself(kind: str) -> None:
    archive, words = HOSTILE[kind]
    refusal = unpack_one(archive).refusal
    assert refusal is not None
    assert words in refusal
    assert refusal.endswith(".")


def test_another_compression_is_refused_by_itself() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.png", PIXELS, zipfile.ZIP_LZMA)
        archive.writestr(*GOOD)
    assert "compressed in another way" in str(unpack_one(target.getvalue()).refusal)


def test_a_flipped_bit_is_told_by_the_checksum() -> None:
    content = bytearray(zipped(("a.png", PIXELS), GOOD, method=zipfile.ZIP_STORED))
    content[100] ^= 1
    assert "damaged" in str(unpack_one(bytes(content)).refusal)


def test_what_is_too_much_together_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UploadTooLargeError, match="64 files; this archive holds 65"):
        unpack_archive(zipped(*((f"{n}.png", b"x") for n in range(65))), *BOUNDS)
    with pytest.raises(UploadTooLargeError, match="4 MB; this archive holds 5 MB"):
        unpack_archive(zipped(*((f"{n}.png", bytes(999_999)) for n in range(5))), *BOUNDS)


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-30], lambda data: b"PK\x03\x04" + bytes(500), lambda _: zipped(), lambda data: data[:40]],
)
def test_a_damaged_or_empty_archive_is_refused(damage) -> None:
    with pytest.raises(ArchiveError):
        unpack_archive(damage(zipped(GOOD)), *BOUNDS)


def test_folders_and_clutter_are_left_out() -> None:
    archive = zipped(
        ("study/", b""), ("__MACOSX/._good.png", b"x"), ("study/.DS_Store", b"x"), ("study/good.png", PIXELS)
    )
    assert unpack_archive(archive, *BOUNDS) == (ArchiveMember("good.png", PIXELS),)
    assert is_clutter("a/Thumbs.db")
    assert not is_clutter("../a.png")


def test_names_are_safe_to_show() -> None:
    assert shown_name("a/b\\c\n\x1b[31m.png") == "c??[31m.png"
    assert len(shown_name("x" * 300)) == 80
    assert shown_name("///") == "?"


def test_an_archive_is_known_by_its_content() -> None:
    assert is_archive(zipped(GOOD))
    assert is_archive(zipped())
    assert not is_archive(b"PK\x03\x04" + bytes(124) + b"DICM")
