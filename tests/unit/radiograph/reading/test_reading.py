"""The whole way from bytes to a radiograph, the guarded process included."""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset

from densexplain import errors
from densexplain.radiograph.reading.reading import prestart, read_radiograph
from densexplain.vocabulary import FileFormat

MakeDicom = Callable[..., bytes]


def png(values: NDArray[np.generic]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(values).save(target, "PNG")
    return target.getvalue()


def test_a_16_bit_png_is_read_exactly(ramp: NDArray[np.uint16]) -> None:
    data = png(ramp * 16)
    radiograph = read_radiograph(data, "wrist.png")
    assert radiograph.format is FileFormat.PNG
    assert radiograph.pixels.dtype == np.float32
    np.testing.assert_array_equal(radiograph.pixels, (ramp * 16 / 65535).astype(np.float32))
    assert radiograph.sha256 == hashlib.sha256(data).hexdigest()
    assert (radiograph.rows, radiograph.columns) == (48, 40)
    assert not radiograph.pixels.flags.writeable


def test_a_dicom_object_is_read_under_any_name(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    data = make_dicom(ramp, BitsStored=12)
    for name in (None, "IM000001", "1.2.840.113", "image.dcm", "image.png"):
        radiograph = read_radiograph(data, name)
        np.testing.assert_array_equal(radiograph.pixels, (ramp / 4095).astype(np.float32))


def test_nothing_that_identifies_a_patient_comes_out(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    radiograph = read_radiograph(make_dicom(ramp, StudyDescription="Doe Jane", StationName="DOE"))
    spoken = pickle.dumps(radiograph).decode("latin-1") + repr(radiograph)
    for secret in ("Doe", "DOE", "Jane", "JANE", "4711", "3680043"):
        assert secret not in spoken


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "a.png", errors.EmptyFileError),
        (b"\0" * (64 * 2**20 + 1), "a.dcm", errors.FileTooLargeError),
        (b"no image at all\n" * 20, "a.png", errors.UnknownFormatError),
        (png(np.eye(40, dtype=np.uint8)), "a.jpg", errors.FormatMismatchError),
        (png(np.eye(40, dtype=np.uint8)), "a.dcm", errors.FormatMismatchError),
        (png(np.eye(40, dtype=np.uint8))[:-20], "a.png", errors.TruncatedFileError),
        (png(np.eye(1, dtype=np.uint8)), "a.png", errors.TooFewPixelsError),
        (png(np.full((40, 40), 7, np.uint8)), "a.png", errors.ConstantImageError),
    ],
)
def test_bad_files_are_refused_by_name(data: bytes, name: str, error: type[errors.RadiographError]) -> None:
    with pytest.raises(error) as caught:
        read_radiograph(data, name)
    assert type(caught.value) is error
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert "Traceback" not in message


def test_bad_dicom_objects_are_refused_by_name(
    make_dicom: MakeDicom,
    ramp: NDArray[np.uint16],
    dicom_object: Callable[..., Dataset],
    write_dicom: Callable[[Dataset], bytes],
) -> None:
    whole = make_dicom(ramp)
    with_nan = ramp.astype(np.float32)
    with_nan[3, 3] = np.nan
    directory = dicom_object(ramp)
    directory.SOPClassUID = uid.MediaStorageDirectoryStorage
    cases = {
        errors.TruncatedFileError: whole[:-100],
        errors.NoPixelsError: make_dicom(ramp, PixelData=None),
        errors.SeveralFramesError: make_dicom(np.stack([ramp, ramp], 0)[0], NumberOfFrames=2),
        errors.NotFiniteError: make_dicom(with_nan),
        errors.ConstantImageError: make_dicom(np.full_like(ramp, 5)),
        errors.DicomDirectoryError: write_dicom(directory),
        errors.ExecutableContentError: b"MZ" + whole[2:],
        errors.TooManyPixelsError: make_dicom(ramp, Rows=40000),
        errors.DamagedFileError: make_dicom(ramp, Rows=None),
    }
    for error, data in cases.items():
        with pytest.raises(error) as caught:
            read_radiograph(data)
        assert type(caught.value) is error
        assert "Doe" not in str(caught.value)


def test_a_chosen_frame_is_read(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    two = np.stack([ramp, ramp[::-1]]) * np.uint16(16)
    data = make_dicom(two[0], NumberOfFrames=2, PixelData=two.tobytes())
    np.testing.assert_array_equal(read_radiograph(data, frame_number=2).pixels, (two[1] / 65535).astype(np.float32))
    for frame_number in (0, 3):
        with pytest.raises(errors.SeveralFramesError):
            read_radiograph(data, frame_number=frame_number)
    with pytest.raises(errors.SeveralFramesError):
        read_radiograph(png(ramp), frame_number=2)


def huge_png() -> bytes:
    """A PNG that announces 30,000 x 30,000 pixels, the deflated rows of which are zeros."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    header = struct.pack("!IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(30_001 * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_bombs_are_refused_at_once_and_the_next_file_is_read(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    deflated = make_dicom(ramp, uid.DeflatedExplicitVRLittleEndian)
    meta = deflated[: deflated.index(b"1.2.840.10008.1.2.1.99") + 22]
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = meta + deflater.compress(bytes(300_000_000)) + deflater.flush()
    assert len(bomb) < 400_000
    start = time.monotonic()
    with pytest.raises(errors.TooManyPixelsError, match="900"):
        read_radiograph(huge_png(), "bomb.png")
    with pytest.raises(errors.UnsupportedEncodingError, match="256 MB"):
        read_radiograph(bomb)
    assert time.monotonic() - start < 5
    assert read_radiograph(png(ramp)).rows == 48


def mutate(data: bytes, chance: np.random.Generator) -> bytes:
    """Change one to eight bytes, cut the end off, or double a part."""
    content = bytearray(data)
    for place in chance.integers(0, len(content), chance.integers(1, 9)):
        content[place] = chance.integers(0, 256)
    way = chance.integers(0, 4)
    place = int(chance.integers(1, len(content)))
    if way == 0:
        return bytes(content[:place])
    if way == 1:
        return bytes(content[:place] + content[place // 2 :])
    return bytes(content)


def test_mutated_files_end_in_a_radiograph_or_a_refusal(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    jpeg = io.BytesIO()
    Image.fromarray((ramp >> 4).astype(np.uint8)).save(jpeg, "JPEG")
    syntaxes = (
        uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.RLELossless, uid.JPEGLosslessSV1,
        uid.JPEGExtended12Bit, uid.JPEGLSLossless, uid.JPEG2000Lossless,
    )  # fmt: skip
    sources = [make_dicom(ramp, syntax, BitsStored=12) for syntax in syntaxes] + [png(ramp), jpeg.getvalue()]
    chance = np.random.default_rng(20)
    read, refusals = 0, []
    for turn in range(90):
        data = mutate(sources[turn % len(sources)], chance)
        try:
            radiograph = read_radiograph(data)
        except errors.RadiographError as refusal:
            refusals.append(str(refusal))
        else:
            read += 1
            assert 0 <= radiograph.pixels.min() < radiograph.pixels.max() <= 1
    assert read > 5
    assert len(refusals) > 5
    assert all(refusal.endswith(".") for refusal in refusals)


def test_threads_get_each_their_own_radiograph(ramp: NDArray[np.uint16]) -> None:
    files = [png(np.roll(ramp * 16, shift, 0)) for shift in range(12)]
    with ThreadPoolExecutor(6) as pool:
        radiographs = list(pool.map(read_radiograph, files))
    for shift, radiograph in enumerate(radiographs):
        np.testing.assert_array_equal(radiograph.pixels, (np.roll(ramp * 16, shift, 0) / 65535).astype(np.float32))


def test_reading_is_light_and_never_runs_the_callers_main_module_again(tmp_path: Path) -> None:
    """As Streamlit does it: a main module of another name, read from a thread."""
    image = tmp_path / "image.png"
    image.write_bytes(png(np.eye(40, dtype=np.uint8) * 255))
    program = tmp_path / "app.py"
    program.write_text(
        textwrap.dedent(f"""
        import sys, threading, types
        print("main module runs")
        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.modules["__main__"].__file__ = {str(program)!r}
        from densexplain.radiograph.reading.reading import prestart, read_radiograph
        prestart()
        data = open({str(image)!r}, "rb").read()
        threads = [threading.Thread(target=lambda: print(read_radiograph(data).rows)) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        heavy = {{"tensorflow", "keras", "streamlit", "pydicom", "PIL", "imagecodecs"}} & set(sys.modules)
        print(sorted(heavy))
        """)
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True, text=True, timeout=120, check=True, env={"PYTHONPATH": str(root), "PATH": ""},
    )  # fmt: skip
    assert done.stdout.splitlines() == ["main module runs", "40", "40", "40", "[]"]
    assert done.stderr == ""


def test_prestart_makes_the_first_call_a_fast_one(ramp: NDArray[np.uint16]) -> None:
    prestart()
    data = png(ramp)
    read_radiograph(data)
    start = time.monotonic()
    for _ in range(5):
        read_radiograph(data)
    assert (time.monotonic() - start) / 5 < 0.5
