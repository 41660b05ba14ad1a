"""A trained language model as a folder of Hugging Face's layout, which transformers and vLLM load as it is."""

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from train.bigram import bigram_nats, bits_per_byte
from train.corpus import sample_tokens
from train.job import Outcome
from train.models.llama import EPSILON, ROPE_THETA, Llama, LlamaConfig
from train.sink import Trained
from train.tokenizer import CHAT_TEMPLATE, END_OF_TEXT
from trine.specs.training import LanguageModelSpec


def export(spec: LanguageModelSpec, trained: Trained, folder: Path) -> Outcome:
    """Writes the folder and says how good the model is, the bigram baseline beside it."""
    config = LlamaConfig(**trained.state["shape"])
    model = Llama(config)
    model.load_state_dict(trained.state["model"])
    write_folder(model, trained.corpus.encoder.tokenizer, folder, bfloat16=spec.precision == "bfloat16")
    corpus, results = trained.corpus, dict(trained.state["results"])
    baseline = bigram_nats(sample_tokens(corpus, trained.sample), corpus.held_out, corpus.vocabulary)
    metrics = {
        "validation/bits_per_byte": results["validation/bits_per_byte"],
        "validation/loss": results["validation/loss"],
        "before/bits_per_byte": results["before/bits_per_byte"],
        "baseline/bigram_bits_per_byte": bits_per_byte(baseline, corpus.held_out_bytes),
    }
    summary: dict[str, Any] = {
        **metrics,
        "parameters": model.parameter_count(),
        "vocabulary": config.vocabulary,
        "tokens": trained.state["step"] * spec.batch * config.context,
        "held_out_tokens": int(corpus.held_out[:, 1:].size),
    }
    if "first_step_at" in results:
        summary["first_step_at"] = results["first_step_at"]
    signature = {
        "task": "text-generation",
        "context": config.context,
        "inputs": [{"name": "input_ids", "type": "int64", "shape": [-1, -1]}],
        "outputs": [{"name": "logits", "type": "float32", "shape": [-1, -1, config.vocabulary]}],
    }
    metadata = {"framework": "transformers", "metrics": metrics, "signature": signature}
    return Outcome(folder, metadata, summary)


def write_folder(model: Llama, tokenizer: str, folder: Path, *, bfloat16: bool = False) -> None:
    """`tokenizer` is the text of `tokenizer.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    weights = {name: tensor.to(dtype).contiguous() for name, tensor in model.state_dict().items()}
    if model.config.tie_embeddings:
        del weights["lm_head.weight"]
    safetensors.torch.save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(tokenizer)
    _write(folder / "config.json", _config(model.config, dtype))
    _write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": END_OF_TEXT,
            "eos_token": END_OF_TEXT,
            "pad_token": END_OF_TEXT,
            "clean_up_tokenization_spaces": False,
            "model_max_length": model.config.context,
            "chat_template": CHAT_TEMPLATE,
        },
    )
    _write(
        folder / "generation_config.json",
        {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0, "do_sample": True, "temperature": 0.8, "top_p": 0.95},
    )


def _config(config: LlamaConfig, dtype: torch.dtype) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocabulary,
        "hidden_size": config.hidden,
        "intermediate_size": config.intermediate,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.key_value_heads,
        "head_dim": config.hidden // config.heads,
        "max_position_embeddings": config.context,
        "rms_norm_eps": EPSILON,
        "rope_theta": ROPE_THETA,
        "rope_parameters": {"rope_type": "default", "rope_theta": ROPE_THETA},
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": config.tie_embeddings,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "initializer_range": 0.02,
        "torch_dtype": str(dtype).removeprefix("torch."),
        "use_cache": True,
    }


def _write(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=2) + "\n")
