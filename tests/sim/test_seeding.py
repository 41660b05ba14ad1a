from sim.seeding import episode_seed


def test_seeds_depend_on_their_names_alone() -> None:
    assert episode_seed(0, 0) == episode_seed(0, 0) == 235060413383317
    names = [(seed, episode, purpose) for seed in range(20) for episode in range(200) for purpose in ("episode", "x")]
    seeds = {episode_seed(*name) for name in names}
    assert len(seeds) == len(names)
    assert all(0 <= seed < 2**48 for seed in seeds)
