"""Whatever a file holds, the answer is a result, or exit code 2 and one line of its own."""

import io
import shutil
import struct
import zlib

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

_DRAW = np.random.default_rng(1)


def _png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _grey(rows=64, columns=64):
    return _DRAW.integers(0, 256, (rows, columns)).astype(np.uint8)


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_of_900_megapixels():
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND", b"")


def _dicom(pixels=None, transfer_syntax=ExplicitVRLittleEndian, **attributes):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = transfer_syntax
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = meta.MediaStorageSOPClassUID, "1.2.3", "DX"
    if pixels is not None:
        dataset.Rows, dataset.Columns = pixels.shape[-2:]
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
        dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, 0
        if pixels.dtype == np.float32:
            del dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
            dataset.FloatPixelData = pixels.tobytes()
        else:
            dataset.PixelData = pixels.tobytes()
    for name, value in attributes.items():
        setattr(dataset, name, value)
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


_WITH_NAN = np.full((64, 64), 0.5, np.float32)
_WITH_NAN[3, 4] = np.nan

_REFUSED = {
    "empty.png": b"",
    "text.png": b"Dear colleague, the radiograph is attached.",
    "truncated.dcm": _dicom(_grey())[:-1000],
    "truncated.png": _png(_grey())[:-1000],
    "without-pixels.dcm": _dicom(),
    "multi-frame.dcm": _dicom(np.stack([_grey(), _grey()]), NumberOfFrames=2),
    "900-megapixels.png": _png_of_900_megapixels(),
    "deflated-and-cut.dcm": _dicom(_grey(), DeflatedExplicitVRLittleEndian)[:-200],
    "wrong-extension.jpg": _png(_grey()),
    "1x1.png": _png(_grey(1, 1)),
    "constant.png": _png(np.full((64, 64), 9, np.uint8)),
    "not-finite.dcm": _dicom(_WITH_NAN),
}


@pytest.fixture
def refused_lines(refused, tmp_path):
    lines = {}
    for name, content in _REFUSED.items():
        (tmp_path / name).write_bytes(content)
        lines[name] = refused("explain", tmp_path / name, "--model-set", "tiny")
    return lines


def test_each_bad_file_gets_a_sentence_of_its_own(refused_lines):
    assert len(set(refused_lines.values())) == len(_REFUSED)
    for name, line in refused_lines.items():
        assert name not in line, "a file name may identify a patient"
        assert len(line) < 300


def test_rgba_is_read(explain, tmp_path):
    (tmp_path / "rgba.png").write_bytes(_png(_DRAW.integers(0, 256, (64, 64, 4)).astype(np.uint8)))
    assert explain(tmp_path / "rgba.png")["input"]["rows"] == 64


def test_a_frame_that_is_chosen_is_read(explain, tmp_path):
    (tmp_path / "frames.dcm").write_bytes(_REFUSED["multi-frame.dcm"])
    assert explain(tmp_path / "frames.dcm", "--frame", 2)["input"]["columns"] == 64


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--crop", 100, 0, 64, 64], "inside the radiograph"),
        (["--crop", -1, 0, 64, 64], "inside the radiograph"),
        (["--crop", 0, 0, 31, 64], "32"),
        (["--crop", 0, 0, 64], "--crop"),
        (["--rotate", "nan"], "rotation"),
        (["--rotate", 200], "rotation"),
        (["--rotate", "left"], "--rotate"),
        (["--ranking", "alphabet"], "--ranking"),
        (["--colour", "red"], "--colour"),
    ],
    ids=str,
)
def test_a_bad_argument_is_refused(refused, radiograph, arguments, words):
    assert words in refused("explain", radiograph, "--model-set", "tiny", *arguments)


def test_a_missing_file_and_a_folder_are_refused(refused, tmp_path):
    assert "No such file" in refused("explain", tmp_path / "missing.png", "--model-set", "tiny")
    assert "directory" in refused("explain", tmp_path, "--model-set", "tiny")


def test_a_folder_that_cannot_be_written_is_refused(refused, radiograph, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "--out" in refused("explain", radiograph, "--model-set", "tiny", "--out", tmp_path / "file" / "out")


@pytest.mark.parametrize("name", ["missing", "../tiny", "", "tiny/"])
def test_an_unknown_model_set_is_refused(refused, radiograph, name):
    assert "model set" in refused("explain", radiograph, "--model-set", name)


def _flip_a_bit(folder):
    content = bytearray((folder / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(content)


def _of_another_shape(folder):
    manifest = (folder / "model.json").read_text()
    (folder / "model.json").write_text(manifest.replace('"growth_rate": 4', '"growth_rate": 5'))


_DAMAGE = {
    "flipped bit": _flip_a_bit,
    "missing weights": lambda folder: (folder / "weights.safetensors").unlink(),
    "missing manifest": lambda folder: (folder / "model.json").unlink(),
    "wrong shape": _of_another_shape,
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_a_damaged_model_set_is_refused(refused, use_models, model_folder, radiograph, tmp_path, damage):
    shutil.copytree(model_folder / "tiny", tmp_path / "tiny")
    _DAMAGE[damage](tmp_path / "tiny")
    use_models(tmp_path)
    refused("explain", radiograph, "--model-set", "tiny")
