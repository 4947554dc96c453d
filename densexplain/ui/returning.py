"""Bringing a reader back to the same case after a reload or a lost connection.

To Streamlit a reload is a new session. The server keeps workspaces for a while
(`densexplain.workspace.kept`), each under a key of two parts: a secret of the
browser in a cookie that no other site's pages send along, and a number of the
tab in the tab's own storage. Neither is in the URL, so a link that is passed on
opens nobody's case; another tab has another number and with it a case of its
own. Where cookies are refused a reload begins anew.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache as once
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from densexplain import serving
from densexplain.ui import cache, session
from densexplain.workspace.kept import new_key
from densexplain.workspace.workspace import Workspace

_COOKIE, _KEY = "densexplain_reader", "kept_tab"
_TAB, _SECRET, _ASKED = (f"densexplain.returning.{name}" for name in ("tab", "secret", "asked"))
_WAIT_SECONDS = 4.0
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")  # as `new_key` makes it
_SCRIPT = Path(__file__).with_name("returning.js")
_CHOICES = (
    "opacity", "map_colours", "scale", "ranking", "grid_colours", "stage_focus", "box_meaning", "study_scale",
    "compared_scale", "compared_model_sets", "compared_versions", "densexplain.compared_case", "compared_view",
    "compared_stages", "audit_variants", "what_if_maps",
)  # fmt: skip
"""How things are shown; what was done with a case is in its workspace."""


def attach() -> bool:
    """Give the session its workspace: the one of this tab, where it is kept, or else a new one.

    Returns
    -------
    bool
        Whether it has one; if not, the browser is being asked which tab it is.
    """
    kept = cache.kept_workspaces()
    if kept.idle_seconds <= 0:
        return True
    if session.WORKSPACE not in st.session_state and _must_ask():
        _draw(ask=True)
        _do_without_answer()
        return False
    if _TAB not in st.session_state:
        _begin(new_key())
    workspace = session.workspace()
    workspace.choices |= {key: st.session_state[key] for key in _CHOICES if key in st.session_state}
    kept.keep(_key(st.session_state[_TAB]), workspace, _in_use())
    _draw(ask=False)
    return True


def _must_ask() -> bool:
    secret = st.context.cookies.get(_COOKIE)
    if not isinstance(secret, str) or not _FORM.fullmatch(secret):
        return False
    st.session_state[_SECRET] = secret
    return True


def _begin(tab: str, workspace: Workspace | None = None) -> None:
    st.session_state[_TAB] = tab
    st.session_state.setdefault(_SECRET, new_key())
    if workspace is not None:
        st.session_state[session.WORKSPACE] = workspace
        st.session_state.update(workspace.choices)


def _take_tab() -> None:
    """Read the browser's answer: the number of the tab, or nothing from a new one."""
    if session.WORKSPACE in st.session_state:
        return
    tab = _sent()
    if not _FORM.fullmatch(tab):
        _begin_anew()
        return
    found = cache.kept_workspaces().find(_key(tab))
    _begin(tab if found is not None else new_key(), found or session.workspace())
    if found is None:
        minutes = cache.kept_workspaces().idle_seconds / 60
        session.tell_problem(
            f"What was open in this tab is no longer kept: a case is released {minutes:g} minutes after its last use, "
            "or when the server ends."
        )


def _begin_anew() -> None:
    _begin(new_key(), session.workspace())


@st.fragment(run_every=1.0)
def _do_without_answer() -> None:
    """Start again where the browser does not answer."""
    asked = st.session_state.setdefault(_ASKED, time.monotonic())
    if session.WORKSPACE not in st.session_state and time.monotonic() - asked > _WAIT_SECONDS:
        _begin_anew()
        st.rerun()


def _draw(*, ask: bool) -> None:
    data: dict[str, Any] = {"ask": ask}
    if not ask:
        data |= {"cookie": _COOKIE, "secret": st.session_state[_SECRET], "tab": st.session_state[_TAB]}
    _component()(key=_KEY, data=data, on_tab_change=_take_tab)


def _sent() -> str:
    state = st.session_state.get(_KEY)
    answer = None if state is None else state.get("tab")
    tab = answer.get("tab") if isinstance(answer, dict) else None
    return tab if isinstance(tab, str) else ""


@once
def _component() -> Callable[..., Any]:
    return st.components.v2.component("densexplain_returning", js=_SCRIPT.read_text(encoding="utf-8"))


def _key(tab: str) -> str:
    """Of browser, tab and, where readers log in, reader: the next reader at the same screen cannot reach it."""
    reader = str(st.user.get("sub") or st.user.get("email") or "") if serving.has_authentication() else ""
    return "\n".join((st.session_state[_SECRET], tab, reader))


def _in_use() -> Callable[[], bool]:
    """Whether this session's page is still open in a browser."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: False
    server, session_id = runtime.get_instance(), context.session_id
    return lambda: bool(server.is_active_session(session_id))
