"""Changing how maps are shown: time at the server, and forward passes, which must be none."""

from __future__ import annotations

import os
import time
from statistics import median

from figures import Figure, seconds_of
from subject import PROJECT, environment_with, subject_folder

_ROUNDS = 8
_LOADING_SECONDS = 120
_OPACITIES = (0.2, 0.7)


def measure() -> list[Figure]:
    with subject_folder() as folder:
        os.environ.update(environment_with(folder))
        from streamlit.testing.v1 import AppTest

        from densexplain.classifier.engines.batches import BatchedClassifier
        from densexplain.vocabulary import ColourMap

        passes = _count_calls(BatchedClassifier)
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run().switch_page("pages/Explain.py").run()
        _wait_until_explained(app)
        before = len(passes)
        opacity = _times(app, lambda value: app.slider(key="opacity").set_value(value), _OPACITIES)
        colours = _times(
            app, lambda value: app.radio(key="map_colours").set_value(value), (ColourMap.CIVIDIS, ColourMap.JET)
        )
        asked = len(passes) - before
    return [
        Figure(
            "display",
            f"changing {what} at the server",
            "< 0.3 s",
            f"{median(times):.3f} s",
            median(times) < 0.3,
            f"slowest of {len(times)}: {max(times):.3f} s",
        )
        for what, times in (("opacity", opacity), ("colours", colours))
    ] + [Figure("display", "forward passes for these changes", "0", str(asked), before > 0 and asked == 0)]


def _times(app, change, values) -> list[float]:
    times = []
    for _ in range(_ROUNDS):
        for value in values:
            change(value)
            times.append(seconds_of(app.run))
            if app.exception:
                raise RuntimeError(f"the page failed: {app.exception[0].value}")
    return times


def _wait_until_explained(app) -> None:
    deadline = time.monotonic() + _LOADING_SECONDS
    while not any(slider.key == "opacity" for slider in app.slider):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"no explanation within {_LOADING_SECONDS} s: {[e.value for e in (*app.exception, *app.error)]}"
            )
        time.sleep(0.25)
        app.run()


def _count_calls(cls) -> list[None]:
    """Note every explanation by a class's instances; the calls themselves go through unchanged."""
    calls, original = [], cls.explain

    def counted(self, *arguments):
        calls.append(None)
        return original(self, *arguments)

    cls.explain = counted
    return calls
