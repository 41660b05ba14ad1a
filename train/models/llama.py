"""A decoder of the Llama architecture, whose parameters carry the names of Hugging Face's `LlamaForCausalLM`.

RMSNorm (arXiv:1910.07467), rotary positions (arXiv:2104.09864), SwiGLU (arXiv:2002.05202), grouped key-value heads
(arXiv:2305.13245). Suffixes: B batch, T time, D hidden, H heads, K key-value heads, E size of a head, V vocabulary.
"""

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-5
ROPE_THETA = 10_000.0


@dataclass(frozen=True)
class LlamaConfig:
    vocabulary: int
    layers: int
    hidden: int
    heads: int
    key_value_heads: int
    intermediate: int
    context: int
    tie_embeddings: bool = True


class Llama(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.hidden, config.vocabulary, bias=False)
        self.apply(_initialize)
        # Residual projections are scaled down so that the stream keeps its variance with depth (GPT-2, section 2.3).
        for name, parameter in self.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                nn.init.normal_(parameter, std=0.02 / (2 * config.layers) ** 0.5)
        if config.tie_embeddings:
            self.lm_head.weight = self.model.embed_tokens.weight

    def forward(self, tokens_BT: torch.Tensor) -> torch.Tensor:
        """Logits [B, T, V] of the token after each position."""
        logits_BTV: torch.Tensor = self.lm_head(self.model(tokens_BT))
        return logits_BTV

    def parameter_count(self) -> int:
        """Shared weights are counted once."""
        return sum(parameter.numel() for parameter in self.parameters())


class Decoder(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocabulary, config.hidden)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.hidden)
        rotation_TE = rotary(config.context, config.hidden // config.heads)
        self.register_buffer("cos", rotation_TE[0], persistent=False)
        self.register_buffer("sin", rotation_TE[1], persistent=False)

    def forward(self, tokens_BT: torch.Tensor) -> torch.Tensor:
        x_BTD: torch.Tensor = self.embed_tokens(tokens_BT)
        time = tokens_BT.shape[1]
        cos_TE = cast(torch.Tensor, self.cos)[:time].to(x_BTD.dtype)
        sin_TE = cast(torch.Tensor, self.sin)[:time].to(x_BTD.dtype)
        for layer in self.layers:
            x_BTD = layer(x_BTD, cos_TE, sin_TE)
        normed_BTD: torch.Tensor = self.norm(x_BTD)
        return normed_BTD


class Layer(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden)
        self.mlp = FeedForward(config)

    def forward(self, x_BTD: torch.Tensor, cos_TE: torch.Tensor, sin_TE: torch.Tensor) -> torch.Tensor:
        x_BTD = x_BTD + self.self_attn(self.input_layernorm(x_BTD), cos_TE, sin_TE)
        after_BTD: torch.Tensor = x_BTD + self.mlp(self.post_attention_layernorm(x_BTD))
        return after_BTD


class Attention(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.size = config.hidden // config.heads
        self.grouped = config.key_value_heads != config.heads
        self.q_proj = nn.Linear(config.hidden, config.heads * self.size, bias=False)
        self.k_proj = nn.Linear(config.hidden, config.key_value_heads * self.size, bias=False)
        self.v_proj = nn.Linear(config.hidden, config.key_value_heads * self.size, bias=False)
        self.o_proj = nn.Linear(config.heads * self.size, config.hidden, bias=False)

    def forward(self, x_BTD: torch.Tensor, cos_TE: torch.Tensor, sin_TE: torch.Tensor) -> torch.Tensor:
        batch, time, _ = x_BTD.shape
        q_BHTE = self.q_proj(x_BTD).view(batch, time, -1, self.size).transpose(1, 2)
        k_BKTE = self.k_proj(x_BTD).view(batch, time, -1, self.size).transpose(1, 2)
        v_BKTE = self.v_proj(x_BTD).view(batch, time, -1, self.size).transpose(1, 2)
        y_BHTE = F.scaled_dot_product_attention(
            rotate(q_BHTE, cos_TE, sin_TE),
            rotate(k_BKTE, cos_TE, sin_TE),
            v_BKTE,
            is_causal=True,
            enable_gqa=self.grouped,
        )
        y_BTD: torch.Tensor = self.o_proj(y_BHTE.transpose(1, 2).reshape(batch, time, -1))
        return y_BTD


class FeedForward(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.up_proj = nn.Linear(config.hidden, config.intermediate, bias=False)
        self.down_proj = nn.Linear(config.intermediate, config.hidden, bias=False)

    def forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        y_BTD: torch.Tensor = self.down_proj(F.silu(self.gate_proj(x_BTD)) * self.up_proj(x_BTD))
        return y_BTD


class RMSNorm(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, EPSILON)


def rotary(context: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines [context, size] of the angles by which a head of `size` is turned at each position."""
    frequencies_E = ROPE_THETA ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles_TE = torch.outer(torch.arange(context, dtype=torch.float32), frequencies_E).repeat(1, 2)
    return angles_TE.cos(), angles_TE.sin()


def rotate(x_BHTE: torch.Tensor, cos_TE: torch.Tensor, sin_TE: torch.Tensor) -> torch.Tensor:
    """Turns each pair (i, i + E/2) by the angle of its position."""
    first, second = x_BHTE.chunk(2, dim=-1)
    return x_BHTE * cos_TE + torch.cat((-second, first), dim=-1) * sin_TE


def _initialize(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
