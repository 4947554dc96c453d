"""Memory of the real server: with one model set, and over 200 explanations of new crops."""

from __future__ import annotations

import re

from figures import Figure
from playwright.sync_api import Page, expect
from server import browser_page, running_server
from subject import subject_folder

_EXPLANATIONS = 200
_LIMIT_GB = 1.3
_GROWTH = 0.05
_PATIENCE_MS = 120_000


def measure() -> list[Figure]:
    with subject_folder() as folder, browser_page() as page, running_server(folder) as server:
        page.goto(server.url)
        expect(page.locator(".st-key-prediction")).to_be_visible(timeout=_PATIENCE_MS)
        _settle(page)
        first, family = server.memory_bytes(), server.family_bytes()
        page.get_by_text("Adjust", exact=True).first.click()
        height = page.get_by_label("Height", exact=True)
        expect(height).not_to_have_value("0")  # its value comes a moment after the field
        whole = int(height.input_value())
        course = [first]
        for number in range(1, _EXPLANATIONS):
            _explain_another_crop(page, whole - number)
            course.append(server.memory_bytes())
        last, family = course[-1], max(family, server.family_bytes())
    highest = max(course)
    note = ", ".join(f"{course[at] / 1e6:.0f}" for at in range(0, _EXPLANATIONS, 25))
    return [
        Figure(
            "memory",
            "memory of the server with one model set",
            f"<= {_LIMIT_GB} GB",
            f"{highest / 1e9:.2f} GB",
            highest <= _LIMIT_GB * 1e9,
            f"highest; with the processes it started {family / 1e9:.2f} GB (shared pages counted in each)",
        ),
        Figure(
            "memory",
            f"growth over {_EXPLANATIONS} explanations",
            f"<= {_GROWTH:.0%}",
            f"{last / first - 1:+.1%}",
            last <= (1 + _GROWTH) * first,
            f"every 25 explanations: {note} MB",
        ),
    ]


def _explain_another_crop(page: Page, height: int) -> None:
    field = page.get_by_label("Height", exact=True)
    field.fill(str(height))
    field.press("Enter")
    expect(page.get_by_text(re.compile(rf"crop {height}\b")).first).to_be_visible(timeout=_PATIENCE_MS)
    _settle(page)


def _settle(page: Page) -> None:
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=_PATIENCE_MS
    )
