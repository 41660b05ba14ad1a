from train.tokenizer import END_OF_TEXT, byte_lengths, encode, train_tokenizer


def test_text_comes_back_and_bytes_are_counted() -> None:
    texts = ["def f(x):\n    return x\n", "größer 模型 🙂\n"]
    tokenizer = train_tokenizer(texts * 5, 300)

    tokens = encode(tokenizer, texts)

    assert 256 < tokenizer.get_vocab_size() <= 300
    assert tokenizer.decode(tokens.tolist(), skip_special_tokens=True) == "".join(texts)
    assert byte_lengths(tokenizer)[tokens].sum() == len("".join(texts).encode())
    assert (tokens == tokenizer.token_to_id(END_OF_TEXT)).sum() == 2


def test_text_cannot_spell_the_end_of_a_document() -> None:
    tokenizer = train_tokenizer(["abc"], 260)

    assert (encode(tokenizer, [f"a{END_OF_TEXT}b"]) == 0).sum() == 1
