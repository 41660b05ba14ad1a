import stat

import pytest

from deployments.local import account
from deployments.local.errors import LocalError
from deployments.local.home import Home

CREDENTIALS = account.Credentials(
    url="http://127.0.0.1:8000", email="a@b.example", password="p", api_key="trn_k", org="o", project="p"
)


def test_credentials_are_written_private_and_read_back(home: Home) -> None:
    assert account.load(home) is None
    account.save(home, CREDENTIALS)
    assert stat.S_IMODE(home.credentials.stat().st_mode) == 0o600
    assert account.load(home) == CREDENTIALS


def test_a_damaged_file_is_not_overwritten(home: Home) -> None:
    home.credentials.write_text("{")
    with pytest.raises(LocalError, match=r"credentials\.json"):
        account.ensure(home, port=1)
    assert home.credentials.read_text() == "{"
