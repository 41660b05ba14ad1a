"""Prints the API's description: `python -m app.openapi`. The typed clients are generated from it."""

import json
import sys

from app.main import build_app


def main() -> None:
    json.dump(build_app().openapi(), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
