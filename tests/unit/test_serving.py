"""The app listens beyond this machine only where readers have to log in."""

import pytest

from densexplain.errors import ServingError
from densexplain.serving import check_exposure, has_authentication, is_loopback, login_providers

_COMPLETE = """
[auth]
redirect_uri = "https://example.org/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "densexplain"
client_secret = "secret"
server_metadata_url = "https://example.org/.well-known/openid-configuration"
"""
_NAMED_PROVIDER = _COMPLETE.replace('client_id = "', '[auth.hospital]\nclient_id = "')


def _secrets(folder, text):
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(text)
    return (folder,)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machine_needs_no_authentication(address):
    assert is_loopback(address)
    check_exposure(address, has_authentication=False, behind_proxy=False)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "example.org", "", None])
def test_every_other_address_needs_it(address):
    assert not is_loopback(address)
    with pytest.raises(ServingError, match=r"127\.0\.0\.1") as refusal:
        check_exposure(address, has_authentication=False, behind_proxy=False)
    assert "\n" not in str(refusal.value)
    check_exposure(address, has_authentication=True, behind_proxy=False)
    check_exposure(address, has_authentication=False, behind_proxy=True)


@pytest.mark.parametrize(("text", "providers"), [(_COMPLETE, (None,)), (_NAMED_PROVIDER, ("hospital",))])
def test_a_complete_section_counts(tmp_path, text, providers):
    folders = _secrets(tmp_path, text)
    assert login_providers(folders) == providers
    assert has_authentication(folders)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "auth = 1",
        "[database]\npassword = 'x'",
        *(_COMPLETE.replace(key, "other") for key in ("redirect_uri", "cookie_secret", "client_id", "client_secret")),
        _COMPLETE.replace('"secret"', '""'),
        _NAMED_PROVIDER.replace("server_metadata_url", "other"),
    ],
)
def test_an_incomplete_section_does_not(tmp_path, text):
    assert not has_authentication(_secrets(tmp_path, text))


def test_without_a_file_there_is_none(tmp_path):
    assert not has_authentication((tmp_path,))


def test_a_damaged_file_is_refused_rather_than_overlooked(tmp_path):
    with pytest.raises(ServingError, match="TOML"):
        has_authentication(_secrets(tmp_path, "[auth"))
