import json
from pathlib import Path

import pytest
import torch

from train.export import write_folder
from train.models.llama import Llama, LlamaConfig, rotary, rotate
from train.tokenizer import train_tokenizer


def config(**changes: object) -> LlamaConfig:
    fields = {
        "vocabulary": 300,
        "layers": 2,
        "hidden": 32,
        "heads": 4,
        "key_value_heads": 2,
        "intermediate": 48,
        "context": 64,
    }
    return LlamaConfig(**(fields | changes))  # type: ignore[arg-type]


def test_shapes_and_a_first_loss_of_nearly_uniform_guesses() -> None:
    torch.manual_seed(0)
    model = Llama(config())
    tokens = torch.randint(0, 300, (3, 64))

    logits = model(tokens)

    assert logits.shape == (3, 64, 300)
    targets = torch.randint(0, 300, (3 * 64,))
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets)
    assert loss.item() == pytest.approx(5.7, abs=0.2)


def test_no_position_sees_the_future() -> None:
    torch.manual_seed(0)
    model = Llama(config())
    tokens = torch.randint(0, 300, (1, 20))
    changed = tokens.clone()
    changed[0, 12] += 1

    difference = (model(tokens) - model(changed % 300)).abs().amax(-1)[0]

    assert difference[:12].max() < 1e-6
    assert difference[12:].min() > 0


def test_rotation_depends_on_the_distance_alone() -> None:
    torch.manual_seed(0)
    cos, sin = rotary(64, 8)
    query, key = torch.randn(8), torch.randn(8)

    def score(at: int, of: int) -> torch.Tensor:
        return rotate(query, cos[at], sin[at]) @ rotate(key, cos[of], sin[of])

    assert torch.allclose(score(10, 4), score(50, 44), atol=1e-4)
    assert not torch.allclose(score(10, 4), score(10, 5), atol=1e-4)


@pytest.mark.parametrize("tied", [True, False])
def test_transformers_computes_the_same_from_the_exported_folder(tmp_path: Path, tied: bool) -> None:
    import transformers

    torch.manual_seed(0)
    texts = ["the quick brown fox jumps over the lazy dog\n"] * 3
    tokenizer = train_tokenizer(texts, 300)
    model = Llama(config(vocabulary=tokenizer.get_vocab_size(), tie_embeddings=tied))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    write_folder(model, tokenizer.to_str(), tmp_path)

    other = transformers.AutoModelForCausalLM.from_pretrained(tmp_path)
    words = transformers.AutoTokenizer.from_pretrained(tmp_path)
    tokens = torch.tensor([words(texts[0]).input_ids])

    assert type(other).__name__ == "LlamaForCausalLM"
    assert tokens[0].tolist() == tokenizer.encode(texts[0]).ids
    assert torch.allclose(model(tokens), other(tokens).logits, atol=1e-4)
    chat = words.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True)
    assert chat == "user: hi\nassistant: "
    assert words.eos_token_id == json.loads((tmp_path / "generation_config.json").read_text())["eos_token_id"]
