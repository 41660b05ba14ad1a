"""The local platform: `python -m deployments.local up | down | status` (what `trine up | down | status` executes).

Everything runs on this machine, bound to 127.0.0.1, with its data under TRINE_HOME: an embedded PostgreSQL (or the
server of TRINE_DATABASE_URL), a Ray head, and the Serve applications of serve_config.yaml.
"""
