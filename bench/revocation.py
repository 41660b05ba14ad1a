"""How long does a replica still take a key that another one has revoked? `python -m bench.revocation [--keys 200]`.

Two processes of the web application on one PostgreSQL. A key is used at the second without a pause, so that it is
remembered there; the first revokes it. Told is the time from the answer to that until the first refusal, seconds. Needs
no platform: it starts a PostgreSQL of its own.
"""

import argparse
import asyncio
import os
import time

import httpx
import numpy as np

from bench.person import registered
from bench.site import site

ME = "/api/v1/auth/me"
TARGET_S = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    keys: int = parser.parse_args().keys
    with site() as made, made.serve() as first, made.serve() as second:
        took = asyncio.run(measured(first.url, second.url, keys))
    middle, late, last = np.percentile(took, [50, 95, 100])
    print(f"{os.cpu_count()} cores, {len(took)} keys: median {middle:.4f} s, p95 {late:.4f} s, longest {last:.4f} s")
    print(f"target {TARGET_S} s: {'met' if last <= TARGET_S else 'missed'}")


async def measured(first: str, second: str, keys: int) -> list[float]:
    took: list[float] = []
    async with registered(first) as ada, httpx.AsyncClient(base_url=second, trust_env=False, timeout=60) as other:
        for number in range(keys):
            made = await ada.api_key(f"revoked-{number}")
            headers = {"Authorization": f"Bearer {made['key']}"}
            for _ in range(5):
                (await other.get(ME, headers=headers)).raise_for_status()
            asking = asyncio.create_task(refused(other, headers))
            (await ada.http.delete(f"/api/v1/api-keys/{made['id']}")).raise_for_status()
            revoked = time.perf_counter()
            took.append(max(0.0, await asking - revoked))
    return took


async def refused(http: httpx.AsyncClient, headers: dict[str, str]) -> float:
    """When the first refusal arrived."""
    while (await http.get(ME, headers=headers)).status_code == httpx.codes.OK:
        continue
    return time.perf_counter()


if __name__ == "__main__":
    main()
