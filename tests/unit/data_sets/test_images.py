"""Reading the files of a data set: the greys they hold, and what is refused."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from densexplain.data_sets.images import read_training_image
from densexplain.errors import DataSetError

_GREY = np.random.default_rng(4).integers(0, 256, (40, 30)).astype(np.uint8)


def _encoded(suffix, pixels=_GREY):
    return cv2.imencode(suffix, pixels)[1].tobytes()


@pytest.mark.parametrize(("dtype", "largest"), [(np.uint8, 255), (np.uint16, 65535)])
def test_images_fill_zero_to_one(tmp_path, dtype, largest):
    cv2.imwrite(str(tmp_path / "image.png"), np.array([[0, largest], [largest // 5, 0]], dtype))
    image = read_training_image(tmp_path / "image.png")
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, [[0, 1], [0.2, 0]], atol=1e-6)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_colour_is_read_as_opencv_weighs_it(tmp_path, suffix):
    colour = np.random.default_rng(1).integers(0, 256, (16, 24, 3)).astype(np.uint8)
    path = tmp_path / f"image{suffix}"
    path.write_bytes(_encoded(suffix, colour))
    expected = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE).astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(read_training_image(path), expected)


def test_the_name_does_not_matter_but_the_content_does(tmp_path):
    (tmp_path / "image.jpg").write_bytes(_encoded(".png"))
    np.testing.assert_array_equal(read_training_image(tmp_path / "image.jpg"), _GREY / np.float32(255))


def _chunk(kind, content=b""):
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


_HUGE = _chunk(b"IHDR", struct.pack("!IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
_BOMB = _encoded(".png")[:8] + _HUGE + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"text", "is neither"),
        (b"", "is empty"),
        (_encoded(".tiff"), "is neither"),
        (_encoded(".png")[:-1], "is cut off"),
        (_encoded(".jpg")[:-100], "is cut off"),
        (_encoded(".png").replace(b"IDAT", b"JDAT"), "cannot be decoded"),
        (_BOMB, "cannot be decoded"),
    ],
    ids=["text", "empty", "TIFF", "PNG cut off", "JPEG cut off", "PNG without pixels", "3.6 gigapixels"],
)
def test_what_is_no_image_is_refused(tmp_path, content, words):
    (tmp_path / "image.png").write_bytes(content)
    with pytest.raises(DataSetError, match=f"PNG or JPEG; .*image.png {words}$"):
        read_training_image(tmp_path / "image.png")


def test_what_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(DataSetError, match="No such file"):
        read_training_image(tmp_path / "image.png")
    with pytest.raises(DataSetError, match="directory"):
        read_training_image(tmp_path)
