"""Shared by all sessions: model sets and the radiographs of the data folders, but nothing about any patient."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.catalogue import InstalledModelSet, installed_model_sets, usable
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.radiograph.reading.library import RadiographLibrary
from densexplain.settings import settings
from densexplain.workspace.first_visit import shared_model_sets
from densexplain.workspace.kept import KeptWorkspaces
from densexplain.workspace.model_set_store import Loading


@st.cache_resource(show_spinner=False)
def kept_workspaces() -> KeptWorkspaces:
    """Workspaces that outlive a reload; each is found by its own reader alone."""
    return KeptWorkspaces(settings().kept_idle_seconds, settings().kept_workspaces)


@st.cache_data(ttl=10, show_spinner=False)
def model_sets() -> tuple[InstalledModelSet, ...]:
    """Installed model sets, broken ones with what is wrong."""
    return installed_model_sets()


def usable_model_sets() -> dict[str, Manifest]:
    """Manifests of the installed model sets that can be used, by name."""
    return usable(model_sets())


@st.cache_resource(show_spinner=False)
def library() -> RadiographLibrary:
    """Radiographs in the data folders; the first to ask starts the search."""
    found = RadiographLibrary(settings().data_folders)
    found.search()
    return found


def loading(manifest: Manifest, together: int = 1) -> Loading:
    """How far a model set has come, one of several that are needed at once."""
    return shared_model_sets().loading(manifest, together)
