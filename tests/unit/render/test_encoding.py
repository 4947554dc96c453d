import io

import numpy as np
import pytest
from PIL import Image

from densexplain.errors import ShapeError
from densexplain.render.encoding import encode_png


@pytest.mark.parametrize("shape", [(31, 17, 3), (31, 17)])
def test_an_independent_reader_finds_the_same_pixels_in_the_same_order(shape):
    image = np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)
    content = encode_png(image)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), image)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_anything_else_is_refused(image):
    with pytest.raises(ShapeError, match="uint8"):
        encode_png(image)
