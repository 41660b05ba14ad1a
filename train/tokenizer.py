"""A byte-level BPE tokenizer (Sennrich et al., arXiv:1508.07909; bytes as in GPT-2), trained on the corpus."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import tokenizers
import tokenizers.decoders
import tokenizers.models
import tokenizers.pre_tokenizers
import tokenizers.trainers

END_OF_TEXT = "<|endoftext|>"
"""Ends every document; token 0."""

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
"""Plain text: a model that was trained on documents has never seen tokens that mark turns."""


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> tokenizers.Tokenizer:
    """At most `vocabulary` tokens; fewer where the text has fewer pairs to merge."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode(tokenizer: tokenizers.Tokenizer, texts: list[str]) -> npt.NDArray[np.int32]:
    """One row of tokens [N]: each document, then its end."""
    end = tokenizer.token_to_id(END_OF_TEXT)
    # A document that spells the name of the special token must not become it.
    encodings = tokenizer.encode_batch_fast([text.replace(END_OF_TEXT, "") for text in texts], add_special_tokens=False)
    parts = [np.asarray([*encoding.ids, end], dtype=np.int32) for encoding in encodings]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)


def byte_lengths(tokenizer: tokenizers.Tokenizer) -> npt.NDArray[np.int64]:
    """Bytes [V] of text that each token stands for; 0 for the end of a text."""
    lengths = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    for token, number in tokenizer.get_vocab().items():
        # In the byte-level alphabet one character is one byte.
        lengths[number] = 0 if token == END_OF_TEXT else len(token)
    return lengths
