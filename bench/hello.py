"""A Serve hello-world beside the platform, to compare with: `python -m bench.hello PREFIX [--delete]`."""

import logging
import sys
from typing import Any

import ray
import ray.serve
from starlette.requests import Request
from starlette.responses import PlainTextResponse

NAME = "bench-hello"


@ray.serve.deployment(name="Hello", max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0})
class Hello:
    async def __call__(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")


def main() -> None:
    ray.init(address="127.0.0.1:6380", log_to_driver=False, logging_level=logging.ERROR)
    if "--delete" in sys.argv:
        ray.serve.delete(NAME)
        return
    # To a type checker the decorator leaves the class as it is.
    application: Any = Hello
    ray.serve.run(application.bind(), name=NAME, route_prefix=sys.argv[1])


if __name__ == "__main__":
    main()
