"""Where the app may listen: this machine only, unless users are authenticated.

Radiographs are patients' data, and a Streamlit server answers everybody who
reaches it. The rule stands here once, for the command line and for the pages.
"""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from typing import Any

from densexplain.errors import ServingError
from densexplain.settings import BEHIND_PROXY_VARIABLE, PROJECT_FOLDER, settings

_SECRETS = Path(".streamlit") / "secrets.toml"
_SHARED_KEYS = frozenset({"redirect_uri", "cookie_secret"})
_PROVIDER_KEYS = frozenset({"client_id", "client_secret", "server_metadata_url"})


def check_exposure(address: str | None, has_authentication: bool, behind_proxy: bool | None = None) -> None:
    """Refuse to be reached from other machines without authentication.

    Parameters
    ----------
    address
        Address or host name that the server listens on; None or an empty text
        means every interface.
    has_authentication
        Whether the pages ask a reader to log in; see `has_authentication`.
    behind_proxy
        Whether the operator vouches that something in front of the server
        authenticates, or that its port is published on this machine only; None
        means what the environment says (``DENSEXPLAIN_BEHIND_PROXY=1``).

    Raises
    ------
    ServingError
        If other machines could open the app without logging in.
    """
    if behind_proxy is None:
        behind_proxy = settings().behind_proxy
    if is_loopback(address) or has_authentication or behind_proxy:
        return
    raise ServingError(
        "expected an address of this machine only (127.0.0.1), an [auth] section in .streamlit/secrets.toml, or "
        f"{BEHIND_PROXY_VARIABLE}=1 where a proxy authenticates; "
        f"received the address {address or '(all interfaces)'} without any"
    )


def is_loopback(address: str | None) -> bool:
    """Return whether only this machine reaches `address`; a host name other than localhost counts as reachable."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def has_authentication(folders: tuple[Path, ...] | None = None) -> bool:
    """Return whether logging in is configured, so that the pages require it; see `login_providers`.

    Raises
    ------
    ServingError
        As `login_providers`.
    """
    return bool(login_providers(folders))


def login_providers(folders: tuple[Path, ...] | None = None) -> tuple[str | None, ...]:
    """List whom a reader can log in with (OpenID Connect).

    Parameters
    ----------
    folders
        Folders whose ``.streamlit/secrets.toml`` is read; None means those that
        Streamlit reads: the home folder and the project.

    Returns
    -------
    tuple of str or None
        Providers that are configured completely, by name; None is the one
        without a name, in the ``[auth]`` section itself. Empty where the shared
        redirect address or cookie secret is missing.

    Raises
    ------
    ServingError
        If a secrets file is there and cannot be read: whether it protects the
        app is then unknown.
    """
    section: dict[str, Any] = {}
    for folder in (Path.home(), PROJECT_FOLDER) if folders is None else folders:
        section |= _auth_section(folder / _SECRETS)
    if not _filled(section, _SHARED_KEYS):
        return ()
    named: dict[str | None, Any] = {name: entry for name, entry in section.items() if isinstance(entry, dict)}
    return tuple(name for name, entry in ({None: section} | named).items() if _filled(entry, _PROVIDER_KEYS))


def _auth_section(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("auth", {})
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise ServingError(f"expected {_SECRETS} to be readable TOML; received a file that is not: {kind}") from error
    return section if isinstance(section, dict) else {}


def _filled(section: dict[str, Any], keys: frozenset[str]) -> bool:
    return all(isinstance(section.get(key), str) and section[key] for key in keys)
