import json
from pathlib import Path

import jsonschema
import ray.autoscaler
import yaml

ROOT = Path(__file__).parents[3]


def test_the_launcher_accepts_cluster_yaml_and_every_node_reads_the_one_settings_file() -> None:
    cluster = yaml.safe_load((ROOT / "cluster.yaml").read_text())
    schema = json.loads((Path(ray.autoscaler.__file__).parent / "ray-schema.json").read_text())
    jsonschema.validate(cluster, schema)
    for commands in (cluster["head_start_ray_commands"], cluster["worker_start_ray_commands"]):
        assert "deploy/ray.env" in commands[-1]
        assert "RAY_SERVE" not in commands[-1]
