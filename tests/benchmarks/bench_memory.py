"""Memory of the real server: with one model set, and over 200 explanations of new crops."""

from __future__ import annotations

import os
import re
from itertools import pairwise

from figures import Figure
from playwright.sync_api import Page, expect
from server import browser_page, resident, running_server
from subject import radiograph_pixels, subject_folder

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import prepare

_EXPLANATIONS = 200
_LIMIT_GB = 0.6
_FURTHER_MB = 90
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
        _further(),
        Figure(
            "memory",
            f"growth over {_EXPLANATIONS} explanations",
            f"<= {_GROWTH:.0%}",
            f"{last / first - 1:+.1%}",
            last <= (1 + _GROWTH) * first,
            f"every 25 explanations: {note} MB",
        ),
    ]


def _further() -> Figure:
    """What a second and a third model set add, loaded and asked, in this process."""
    course = []
    with subject_folder() as folder:
        explainers = []
        for _ in range(3):
            explainers.append(Explainer(load_model_set(folder)))
            specification = explainers[-1].model_set.manifest.specification
            explainers[-1].explain(prepare(radiograph_pixels(), specification))
            course.append(resident(os.getpid()))
    added = max(after - before for before, after in pairwise(course))
    return Figure(
        "memory",
        "memory of a further model set",
        f"<= {_FURTHER_MB} MB",
        f"{added / 1e6:.0f} MB",
        added <= _FURTHER_MB * 1e6,
        f"with one, two and three: {', '.join(f'{one / 1e6:.0f}' for one in course)} MB, in this process",
    )


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
