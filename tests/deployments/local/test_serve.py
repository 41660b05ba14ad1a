from deployments.local.home import Home
from deployments.local.serve import CONFIG, Application, Deployment, configuration, failure
from deployments.local.state import Ports

TRACEBACK = """Deploying app 'web' failed with exception:
Traceback (most recent call last):
  File "/ray/serve/_private/application_state.py", line 926, in _reconcile_build_app_task
    args, err = ray.get(
                ^^^^^^^^
ray.exceptions.RayTaskError(RuntimeError): \x1b[36mray::build_serve_application()\x1b[39m (pid=1)
  File "/app/config.py", line 60, in secret
    raise RuntimeError(message)
RuntimeError: secret 'signing_key' cannot be read from /x/signing_key
run `trine up`, or provide it
"""


def test_a_failure_says_what_was_raised_and_keeps_the_rest(home: Home) -> None:
    application = Application(
        status="DEPLOY_FAILED", deployments={"Web": Deployment(status="UNHEALTHY", message=TRACEBACK)}
    )
    message = str(failure(home, "web", application))
    assert "web did not start: RuntimeError: secret 'signing_key' cannot be read" in message
    assert "provide it" in message
    assert "Traceback" not in message
    assert "\x1b" not in message
    assert "line 926" in (home.logs / "serve-web.log").read_text()


def test_an_application_starts_with_its_youngest_replica() -> None:
    replicas = [{"start_time_s": 5.0}, {"start_time_s": 9.0}, {}]
    assert (
        Application(status="RUNNING", deployments={"Web": Deployment(status="HEALTHY", replicas=replicas)}).since == 9.0
    )
    assert Application(status="DEPLOYING").since is None


def test_the_local_platform_listens_on_loopback_and_its_own_port() -> None:
    ports = Ports(web=18000, gcs=1, dashboard=2, client=3, agent=4, stats=5, metrics=6, fallback=7)
    config = configuration(ports, CONFIG)
    assert config["http_options"] == {"host": "127.0.0.1", "port": 18000}
    assert [each["route_prefix"] for each in config["applications"]] == ["/", "/v1", None]
    assert all(
        part["ray_actor_options"]["num_cpus"] == 0 for each in config["applications"] for part in each["deployments"]
    )
