import stat
from pathlib import Path

import pytest

from deployments.local.errors import LocalError
from deployments.local.home import SOCKET_PATH_LIMIT, Home, private_folder, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_and_secrets_are_private(home: Home) -> None:
    assert {mode(folder) for folder in (home.secrets, home.run, home.logs, home.ray)} == {0o700}
    secret = home.secret("signing_key")
    assert len(secret) >= 43
    assert home.secret("signing_key") == secret
    assert mode(home.secrets / "signing_key") == 0o600


def test_a_folder_that_others_can_read_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    private_folder(folder)
    assert not mode(folder) & 0o066


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(LocalError, match="belongs to another user"):
        private_folder(tmp_path / "link")


def test_a_long_home_keeps_its_sockets_short() -> None:
    long = Home(Path("/home") / ("a" * 90))
    assert not long.ray.is_relative_to(long.root)
    assert (
        len(str(long.ray)) + len("/session_2026-11-22_16-31-52_123456_1234567/sockets/plasma_store")
        <= SOCKET_PATH_LIMIT
    )
    assert long.ray != Home(Path("/home") / ("b" * 90)).ray


def test_a_file_is_replaced_at_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text("old")
    path.chmod(0o644)
    with path.open() as reader:
        write_private(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]
