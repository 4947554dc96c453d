"""Where logging in is configured, a reader who has not done so sees nothing else."""

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.settings import PROJECT_FOLDER

_SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:8501/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
[auth.hospital]
client_id = "densexplain"
client_secret = "secret"
server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"
"""


@pytest.mark.parametrize(
    "page", ["app.py", "pages/Explain.py", "pages/Study.py", "pages/Audit.py", "pages/Cases.py", "pages/Model_sets.py"]
)
def test_a_page_stops_at_the_login(tmp_path, monkeypatch, page):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(_SECRETS)
    monkeypatch.setenv("HOME", str(tmp_path))
    shown = AppTest.from_file(str(PROJECT_FOLDER / page), default_timeout=60).run()
    assert [button.label for button in shown.button] == ["Log in with hospital"]
    assert not shown.exception
    assert not shown.header
    assert not shown.slider
