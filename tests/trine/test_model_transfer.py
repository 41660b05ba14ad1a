"""A folder becomes a version and a folder again, against the real application."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trine.conftest import Person
from tests.trine.test_model_folder import hugging_face
from tests.trine.test_platform import command
from train.models import load, save
from train.models.policy import ActorCritic, PolicyConfig
from trine import artifacts
from trine.client import Client
from trine.errors import Conflict, TrineError, ValidationFailed
from trine.model_transfer import export_model, find, import_model

CARD = "---\nlicense: apache-2.0\n---\n\n# Net\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_goes_in_comes_out(client: Client, tmp_path: Path) -> None:
    folder = hugging_face(tmp_path / "in", CARD)
    made = import_model(client, folder, name="there-and-back", alias="staging")
    assert (made.framework, made.licence, made.aliases) == ("transformers", "Apache-2.0", ("staging",))
    again = import_model(client, folder, name="there-and-back")
    assert again.id == made.id, "the same content is the same version"
    model, version = find(client, "there-and-back@staging")
    assert client.models.card(model.id, version.version).markdown == "# Net\n"
    assert client.runs.get(version.run_id).status == "succeeded"
    export_model(client, "there-and-back", tmp_path / "out")
    assert {name: text for name, text in contents(tmp_path / "out").items() if name != "README.md"} == {
        name: text for name, text in contents(folder).items() if name != "README.md"
    }
    with pytest.raises(ValidationFailed, match="not empty"):
        export_model(client, "there-and-back", tmp_path / "out")


def test_the_card_that_was_written_last_is_exported(client: Client, tmp_path: Path) -> None:
    made = import_model(client, hugging_face(tmp_path / "in", CARD), name="rewritten")
    client.models.write_card(made.model_id, 1, "# Better\n")
    client.models.update_version(made.model_id, 1, tags={"team": "nlp"})
    export_model(client, "rewritten@1", tmp_path / "out")
    text = (tmp_path / "out/README.md").read_text()
    assert text.endswith("---\n\n# Better\n")
    assert "license: apache-2.0" in text
    assert "team:nlp" in text


@pytest.mark.parametrize("reference", ["nobody", "unversioned", "unversioned@7", "unversioned@champion"])
def test_what_is_not_there_is_named(client: Client, reference: str) -> None:
    client.models.create(name="unversioned")
    with pytest.raises(TrineError) as caught:
        find(client, reference)
    assert caught.value.code == "not_found"


def test_an_exported_llama_is_loaded_by_transformers(client: Client, tiny_llama: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    import_model(client, tiny_llama, name="llama")
    export_model(client, "llama", tmp_path / "out")
    tokens = AutoTokenizer.from_pretrained(tmp_path / "out")("def main():", return_tensors="pt")["input_ids"]
    before: Any = AutoModelForCausalLM.from_pretrained(tiny_llama)
    after: Any = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    with torch.no_grad():
        assert torch.equal(before(tokens).logits, after(tokens).logits)


def test_a_policy_from_the_command_line_and_as_onnx(signed_in: Person, client: Client, tmp_path: Path) -> None:
    import onnxruntime

    torch.manual_seed(0)
    policy = ActorCritic(PolicyConfig(observation_size=4, actions=2)).eval()
    folder = str(save(policy, tmp_path / "in"))
    done = command("model", "import", folder, "--name", "pole", "--licence", "mit", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["licence"] == "MIT"
    done = command("model", "export", "pole", str(tmp_path / "onnx"), "--format", "onnx")
    assert done.returncode == 0, done.stderr
    observations = torch.randn(3, 4)
    session = onnxruntime.InferenceSession(str(tmp_path / "onnx/model.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"inputs": observations.numpy()})
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(found), policy(observations)[0], rtol=1e-5, atol=1e-6)
    back = import_model(client, tmp_path / "onnx", name="pole-onnx")
    assert back.framework == "onnx"
    assert back.signature is not None
    assert [(each.name, each.type, each.shape) for each in back.signature.inputs] == [("inputs", "float32", (-1, 4))]
    service = client.services.create(name="pole-service")
    deployed = command("service", "deploy", "pole-service", "--model", "pole-onnx", "--version", "1")
    assert deployed.returncode == 0, deployed.stderr
    assert [each.engine for each in client.services.deployments(service.id)] == ["torch"]
    with pytest.raises(ValidationFailed, match="cannot be made torchscript"):
        export_model(client, "pole-onnx", tmp_path / "no", wanted="torchscript")
    export_model(client, "pole", tmp_path / "hf")
    again: Any = load(tmp_path / "hf")
    with torch.no_grad():
        assert torch.equal(again(observations)[0], policy(observations)[0])


def test_torchscript_is_kept_with_what_it_takes_and_never_served(
    signed_in: Person, client: Client, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    policy = ActorCritic(PolicyConfig(observation_size=4, actions=2)).eval()
    import_model(client, save(policy, tmp_path / "in"), name="traced")
    export_model(client, "traced", tmp_path / "out", wanted="torchscript")
    back = import_model(client, tmp_path / "out", name="traced-back")
    assert back.framework == "torchscript"
    assert back.signature is not None
    assert [(each.name, each.type, each.shape) for each in back.signature.outputs] == [("actor", "float32", (-1, 2))]
    # Registered by a program that said what it takes, and wrote no file of it.
    told = {"framework": "torchscript", "signature": back.signature.model_dump(mode="json")}
    (tmp_path / "out/signature.json").unlink()
    run = client.runs.get(back.run_id)
    artifact = artifacts.upload(client.transport, str(run.id), tmp_path / "out", name="m", type="model", metadata=told)
    client.models.create_version(client.models.create(name="traced-told").id, artifact_id=artifact)
    export_model(client, "traced-told", tmp_path / "again")
    assert json.loads((tmp_path / "again/signature.json").read_text())["inputs"][0]["name"] == "inputs"

    client.services.create(name="traced-service")
    refused = command("service", "deploy", "traced-service", "--model", "traced-back", "--version", "1")
    assert (refused.returncode, "Export the model to ONNX" in refused.stderr) == (2, True)
    (tmp_path / "out/signature.json").write_text('{"inputs": 3}')
    with pytest.raises(ValidationFailed, match=r"signature\.json is no signature: inputs"):
        import_model(client, tmp_path / "out", name="traced-wrong")


def test_gates_and_cards_from_the_command_line(signed_in: Person, client: Client, tmp_path: Path) -> None:
    made = import_model(client, hugging_face(tmp_path / "in"), name="gated")
    rules = tmp_path / "rules.yaml"
    rules.write_text("- kind: metric\n  metric: loss\n  at_most: 1e-1\n- kind: licence\n  allowed: [mit]\n")
    assert command("model", "gate", "set", "gated", "champion", str(rules)).returncode == 0
    listed = command("model", "gate", "list", "gated").stdout
    assert "kind=metric, metric=loss, at_most=0.1" in listed
    checked = command("model", "gate", "check", "gated@1", "champion")
    assert (checked.returncode, "loss is not recorded" in checked.stdout) == (1, True)
    with pytest.raises(Conflict) as caught:
        client.models.set_alias(made.model_id, "champion", version=1)
    assert caught.value.code == "gate_closed"
    moved = command("model", "alias", "gated", "champion", "1", "--override", "an outage")
    assert moved.returncode == 0, moved.stderr
    shown = command("model", "show", "gated@champion", LANG="zh_CN.UTF-8").stdout
    assert "许可证" not in shown, "there is none"
    assert "model.safetensors" in shown
    card = tmp_path / "card.md"
    card.write_text("# Mine\n")
    assert command("model", "card", "gated", "--write", str(card)).stdout == "# Mine\n"
    assert "became" in command("model", "lineage", "gated").stdout
    assert command("model", "gate", "remove", "gated", "champion").returncode == 0
    assert client.models.gates(made.model_id) == []


def test_webhooks_from_the_command_line(signed_in: Person, client: Client) -> None:
    address = "https://hooks.example.org/models"
    made = command("model", "webhook", "create", address, "-e", "model_alias.moved", "--json")
    assert made.returncode == 0, made.stderr
    hook = json.loads(made.stdout)
    assert hook["secret"].startswith("whsec_")
    tested = json.loads(command("model", "webhook", "test", hook["id"], "--json").stdout)
    assert [each.id for each in client.webhooks.deliveries(hook["id"])] == [
        client.webhooks.redeliver(hook["id"], tested["id"]).id
    ]
    assert address in command("model", "webhook", "list").stdout
    assert command("model", "webhook", "switch", hook["id"], "--off").returncode == 0
    assert client.webhooks.get(hook["id"]).active is False
    assert command("model", "webhook", "delete", hook["id"]).returncode == 0
    assert hook["id"] not in {str(each.id) for each in client.webhooks.list()}
