"""The app's server, with what its first page needs loaded before it says that it is up.

Started by ``python -m densexplain serve`` as ``python -m densexplain.ui.server run app.py ...``,
in place of ``streamlit run app.py ...``: the first reader then waits for a page, not for imports.
"""

from __future__ import annotations

import gc

from densexplain.workspace.first_visit import load_first_model_set


def _serve() -> None:
    """Import what the pages need, while the model set is loaded beside it, and serve."""
    from streamlit.web.cli import main

    # Not densexplain.ui.cache: what it sets up at import belongs to a server that runs.
    from densexplain.phantom import samples  # noqa: F401
    from densexplain.render import overlay  # noqa: F401
    from densexplain.ui import plots  # noqa: F401
    from densexplain.workspace import workspace  # noqa: F401

    gc.freeze()
    main(prog_name="streamlit")


if __name__ == "__main__":
    load_first_model_set()
    _serve()
