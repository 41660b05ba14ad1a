"""Where the local platform keeps its things: paths under TRINE_HOME, all of them private to the user."""

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deployments.local.errors import LocalError

SOCKET_PATH_LIMIT = 107
RANDOM_SECRETS = ("signing_key", "key_pepper", "ray_token")
# "/session_2026-11-22_16-31-52_123456_1234567/sockets/plasma_store" and the suffixes that Ray gives to further sockets
RAY_SOCKET_SUFFIX = 70


@dataclass(frozen=True)
class Home:
    root: Path

    @classmethod
    def current(cls) -> "Home":
        return cls(Path(os.environ.get("TRINE_HOME") or "~/.trine").expanduser().resolve())

    @property
    def secrets(self) -> Path:
        return Path(os.environ.get("TRINE_SECRETS_DIR") or self.root / "secrets")

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def credentials(self) -> Path:
        return self.root / "credentials.json"

    @property
    def haproxy(self) -> Path:
        return self.short("haproxy", len("/admin.sock.01234567.stderr.log"))

    @property
    def ray(self) -> Path:
        """Ray's temp dir: below TRINE_HOME, or in /tmp where that is too long for a unix socket."""
        return self.short("ray", RAY_SOCKET_SUFFIX)

    def short(self, name: str, suffix: int) -> Path:
        path = self.root / name
        if len(os.fsencode(path)) + suffix <= SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"trine-{os.getuid()}-{digest}" / name

    def create(self) -> None:
        """Makes the folders. A folder in /tmp that somebody else made beforehand is refused.

        Raises:
            LocalError: a folder belongs to another user, or cannot be made.
        """
        for folder in (self.root, self.secrets, self.run, self.logs, self.ray, self.haproxy):
            private_folder(folder)

    def make_secrets(self) -> list[Path]:
        """The random secrets of the platform and of its Ray cluster; those that exist stay as they are."""
        private_folder(self.secrets)
        for name in RANDOM_SECRETS:
            self.secret(name)
        return [self.secrets / name for name in RANDOM_SECRETS]

    def secret(self, name: str) -> str:
        """The secret of this name: read from its 0600 file, made of 48 random bytes the first time."""
        path = self.secrets / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def private_folder(folder: Path) -> None:
    try:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700)
    except OSError as error:
        raise LocalError("home.unwritable", path=folder, reason=error.strerror) from error
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        raise LocalError("home.foreign", path=folder)
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_IRGRP | stat.S_IROTH):
        folder.chmod(stat.S_IMODE(found.st_mode) & 0o711)


def write_private(path: Path, text: str) -> None:
    """Replaces a file at once, so that a reader sees the old content or the new; mode 0600 from its first byte."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
