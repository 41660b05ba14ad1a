"""The platform's resources as methods. `aio` is written; `blocking` is made of it by `scripts/blocking_client.py`."""
