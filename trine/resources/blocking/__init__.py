# Made of `trine/resources/aio` by `scripts/blocking_client.py`: change that, then run it.
# ruff: noqa
