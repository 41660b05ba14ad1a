import json
from pathlib import Path

import pytest
import torch

from train.models.mlp import MLP, MLPConfig
from train.models.policy import ActorCritic, PolicyConfig
from train.models.registry import ModelFolderError, load, save


@pytest.mark.parametrize("continuous", [True, False])
def test_a_policy_comes_back(tmp_path: Path, continuous: bool) -> None:
    policy = ActorCritic(PolicyConfig(4, 2, continuous=continuous))
    observations = torch.randn(5, 4)

    loaded = load(save(policy, tmp_path))

    assert isinstance(loaded, ActorCritic)
    assert loaded.config == policy.config
    assert torch.equal(loaded.act(observations), policy.act(observations))
    logits, values = loaded(observations)
    assert logits.shape == (5, 2)
    assert values.shape == (5,)
    assert loaded.act(observations, deterministic=False).shape == ((5, 2) if continuous else (5,))


def test_a_classifier_comes_back_without_its_dropout(tmp_path: Path) -> None:
    network = MLP(MLPConfig(inputs=6, classes=3, dropout=0.5, labels=("a", "b", "c")))
    inputs = torch.randn(5, 6)

    loaded = load(save(network, tmp_path))

    assert loaded.config == network.config
    assert torch.equal(loaded(inputs), network.eval()(inputs))


def test_a_broken_folder_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"config\.json does not exist"):
        load(tmp_path)
    save(MLP(MLPConfig(inputs=6, classes=3)), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelFolderError, match=r"model\.safetensors does not fit"):
        load(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "transformer"}))
    with pytest.raises(ModelFolderError, match="'transformer' is not one of"):
        load(tmp_path)
