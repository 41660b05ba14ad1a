"""The fixture that the tests on Ray stand on."""

import httpx
import pytest
import ray
import ray.serve

from tests.fixtures.cluster import RayCluster

pytestmark = pytest.mark.ray


def test_tasks_run_and_the_api_asks_for_the_token(ray_cluster: RayCluster) -> None:
    @ray.remote(num_cpus=1)
    def double(value: int) -> int:
        return 2 * value

    assert ray.get(double.remote(21)) == 42
    assert ray.cluster_resources()["CPU"] == 16
    jobs = f"{ray_cluster.dashboard}/api/jobs/"
    assert httpx.get(jobs).status_code == 401
    assert httpx.get(jobs, headers={"Authorization": f"Bearer {ray_cluster.token}"}).status_code == 200


def test_serve_answers_through_haproxy(ray_serve: str) -> None:
    class Hello:
        def __call__(self) -> str:
            return "hello"

    deployment = ray.serve.deployment(ray_actor_options={"num_cpus": 0})(Hello)
    ray.serve.run(deployment.bind(), name="hello", route_prefix="/hello")
    try:
        assert httpx.get(f"{ray_serve}/hello").text == "hello"
    finally:
        ray.serve.delete("hello")
