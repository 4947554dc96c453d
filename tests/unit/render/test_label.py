import numpy as np
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from densexplain.errors import OptionError
from densexplain.render.label import draw_text, line_height_px, strength_text, text_width_px


@pytest.mark.parametrize(
    ("strength", "signed", "text"),
    [
        (0.0, False, "0"),
        (0.0001, False, "<0.001"),
        (0.042, False, "0.042"),
        (0.42, False, "0.42"),
        (9.994, False, "9.99"),
        (9.996, False, "10.0"),
        (12.34, False, "12.3"),
        (1234.0, False, "1234"),
        (0.42, True, "+0.42"),
        (-0.42, True, "\N{MINUS SIGN}0.42"),
        (-0.0001, True, "\N{MINUS SIGN}0.000"),
    ],
)
def test_strengths_are_short_and_keep_their_meaning(strength, signed, text):
    assert strength_text(strength, signed) == text


def test_digits_are_those_of_the_font():
    strip = np.zeros((line_height_px(11), 60), np.uint8)
    draw_text(strip, "8", 5, 11)
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", 11)
    image = Image.new("L", (40, 40), 0)
    ImageDraw.Draw(image).text((10, 10), "8", fill=255, font=font)
    assert strip.sum() == np.asarray(image).sum() > 0
    assert not strip[:, :5].any()
    assert not strip[:, 5 + text_width_px("8", 11) :].any()


def test_different_digits_look_different():
    drawn = set()
    for digit in "0123456789":
        strip = np.zeros((line_height_px(11), 10), np.uint8)
        draw_text(strip, digit, 0, 11)
        drawn.add(strip.tobytes())
    assert len(drawn) == 10


def test_what_does_not_fit_is_cut_off():
    strip = np.zeros((line_height_px(11), 10), np.uint8)
    draw_text(strip, "1234567890", 0, 11)
    wide = np.zeros((line_height_px(11), 100), np.uint8)
    draw_text(wide, "1234567890", 0, 11)
    assert np.array_equal(strip, wide[:, :10])


def test_letters_are_refused():
    with pytest.raises(OptionError, match="made of"):
        draw_text(np.zeros((20, 20), np.uint8), "a1", 0, 11)
