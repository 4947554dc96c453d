"""The server's settings are those of the reliability rules, and both themes can be read."""

import tomllib

import pytest
from streamlit import config

from densexplain.settings import PROJECT_FOLDER

_CONFIGURATION = tomllib.loads((PROJECT_FOLDER / ".streamlit" / "config.toml").read_text())
_READABLE = 4.5  # WCAG 2.2, 1.4.3


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("section", "option", "value"),
    [
        ("server", "address", "127.0.0.1"),
        ("server", "maxUploadSize", 64),
        ("server", "maxMessageSize", 64),
        ("server", "enableXsrfProtection", True),
        ("server", "enableCORS", True),
        ("server", "disconnectedSessionTTL", 30),
        ("server", "enableStaticServing", False),
        ("server", "fileWatcherType", "none"),
        ("browser", "gatherUsageStats", False),
        ("runner", "postScriptGC", False),
        ("client", "showErrorDetails", "none"),
        ("client", "toolbarMode", "minimal"),
        ("client", "showSidebarNavigation", False),
    ],
)
def test_the_reliability_rules_are_set(section, option, value):
    assert _CONFIGURATION[section][option] == value


def test_streamlit_knows_every_option():
    known = set(config.get_config_options())
    options = {f"{section}.{key}" for section, table in _CONFIGURATION.items() for key in table if section != "theme"}
    for key, value in _CONFIGURATION["theme"].items():
        options |= (
            {f"theme.{key}.{inner}" for inner in value if inner != "sidebar"}
            if isinstance(value, dict)
            else {f"theme.{key}"}
        )
    assert options <= known, options - known


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_text_can_be_read_on_every_background(theme):
    colours = _CONFIGURATION["theme"][theme]
    backgrounds = [
        table[key] for table in (colours, colours["sidebar"]) for key in ("backgroundColor", "secondaryBackgroundColor")
    ]
    for background in backgrounds:
        for key in ("textColor", "linkColor", "primaryColor"):
            assert _contrast(colours[key], background) >= _READABLE, (key, background)


def test_the_accent_is_neither_the_red_nor_the_blue_of_the_maps():
    for theme in ("dark", "light"):
        accent = _CONFIGURATION["theme"][theme]["primaryColor"]
        red, green, blue = (int(accent[i : i + 2], 16) for i in (1, 3, 5))
        assert green > blue > red


def test_contrast_is_measured_as_wcag_does():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
