from train.split import Split


def test_fractions_hold_and_content_alone_decides() -> None:
    split = Split(validation_fraction=0.2, data_fraction=0.5, seed=1)
    texts = [f"document {number}" for number in range(4000)]
    sides = [split.side(text) for text in texts]

    assert abs(sides.count("held_out") / 4000 - 0.2) < 0.03
    assert abs(sides.count("train") / 4000 - 0.4) < 0.03
    assert sides == [split.side(text) for text in texts]


def test_the_seed_chooses_the_part_but_not_what_is_held_out() -> None:
    texts = [f"document {number}" for number in range(500)]
    first, second = (
        [Split(validation_fraction=0.2, data_fraction=0.5, seed=seed).side(text) for text in texts] for seed in (1, 2)
    )

    assert first != second
    assert [side == "held_out" for side in first] == [side == "held_out" for side in second]
