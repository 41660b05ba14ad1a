import contextlib
import fcntl
import os
from collections.abc import Iterator

from deployments.local.errors import LocalError
from deployments.local.home import Home


@contextlib.contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """One `up` or `down` at a time. The kernel lets go of the lock when its holder dies, whatever way.

    Raises:
        LocalError: another one is at work; it names its pid.
    """
    path = home.run / "lock"
    with path.open("a+", encoding="utf-8") as file:
        path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LocalError("lock.busy", pid=file.read().strip() or "?") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
