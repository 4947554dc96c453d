"""Lines that never run beyond their place, and letters that the font does not have."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest
from PIL import ImageFont

from densexplain.render.print.printed_text import printable, shortened, unprintable_letters, width_pt, wrapped

SENTENCE = "The cast hides the distal radius, which the map leaves blue. "
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@pytest.mark.parametrize("text", ["Wrist", "0123456789", "é Ω ж \N{RIGHTWARDS ARROW} \N{MINUS SIGN}", "illi"])
def test_widths_are_those_of_another_reader_of_the_font(text: str) -> None:
    expected = ImageFont.truetype(str(FONT), 1000).getlength(text) / 1000 * 7
    assert expected <= width_pt(text, 7) <= 1.06 * expected  # kerning is not counted


def test_lines_are_no_wider_than_asked_and_lose_nothing() -> None:
    for size, bold in ((6.5, False), (11.0, True)):
        lines = wrapped(SENTENCE * 20, 200, size, bold)
        assert max(width_pt(line, size, bold) for line in lines) <= 200
        assert " ".join(lines) == (SENTENCE * 20).strip()


def test_a_word_wider_than_the_line_is_broken() -> None:
    lines = wrapped("a " + "W" * 100 + " b", 60, 7)
    assert max(width_pt(line, 7) for line in lines) <= 60
    assert "".join(lines).replace(" ", "") == "a" + "W" * 100 + "b"


def test_line_breaks_stay_and_empty_lines_go() -> None:
    assert wrapped("one\r\n\n two\rthree\n", 500, 7) == ["one", "two", "three"]
    assert wrapped("", 500, 7) == []


def test_spaces_that_hold_words_together_are_not_broken() -> None:
    held = "54\N{NO-BREAK SPACE}%"
    assert any(held in line for line in wrapped(f"aaaa {held} bbbb", width_pt(held, 7) + 1, 7))


def test_what_is_cut_off_is_told() -> None:
    line = shortened(SENTENCE * 3, 100, 7)
    assert line.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert width_pt(line, 7) <= 100
    assert shortened("short", 100, 7) == "short"


def test_letters_that_the_font_lacks_and_letters_that_are_not_seen() -> None:
    assert printable("骨折 fracture") == "\ufffd\ufffd fracture"
    assert unprintable_letters("骨折 fracture \ufffd") == 2
    assert printable("a\u202eb\x00c\ud800d") == "a b c d"
    assert printable("Сломана кость, κάταγμα, é") == "Сломана кость, κάταγμα, é"
