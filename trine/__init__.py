"""Client of the Trine platform: run tracking (`init`), resources (`Client`, `AsyncClient`), command line (`trine`).

Names are imported on first use, so `import trine` costs milliseconds and pulls in neither httpx nor pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trine.client import AsyncClient, Client
    from trine.errors import TrineError
    from trine.handle import RunHandle
    from trine.run import Run
    from trine.start import init

__all__ = ["AsyncClient", "Client", "Run", "RunHandle", "TrineError", "__version__", "init"]
__version__ = "0.1.0"

_HOMES = {
    "AsyncClient": "trine.client",
    "Client": "trine.client",
    "Run": "trine.run",
    "RunHandle": "trine.handle",
    "TrineError": "trine.errors",
    "init": "trine.start",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'trine' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
