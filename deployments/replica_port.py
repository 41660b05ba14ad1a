"""Keeps a replica's internal port off networks where the rest of its node does not listen."""

import functools

import ray._common.network_utils
import ray._common.tls_utils
import ray.serve._private.replica
import ray.util


def bind_to_node() -> None:
    """Binds the port for calls between replicas to the address of the node; call it in `__init__` of a deployment.

    Ray 2.60 binds it to every interface (`[::]:0` in serve/_private/replica.py), without authentication, and unpickles
    what it receives there: on a platform bound to 127.0.0.1 it would be the one way in from outside.
    """
    add_port = functools.partial(_add_port, ray.util.get_node_ip_address())
    ray.serve._private.replica.add_port_to_grpc_server = add_port  # type: ignore[attr-defined]


def _add_port(host: str, server: object, address: str) -> int:
    port = address.rpartition(":")[2]
    place = ray._common.network_utils.build_address(host, port)  # type: ignore[attr-defined]
    return int(ray._common.tls_utils.add_port_to_grpc_server(server, place))
