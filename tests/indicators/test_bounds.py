"""A pattern without far bounds matches wherever the other does."""

from decloak.indicators.bounds import unbounded


def test_only_far_bounds_go():
    given = rb"a{0,39}b{1,40}[c]{2,300}?d{40}\{1,99}"
    assert unbounded(given) == rb"a{0,39}b{1,}[c]{2,}?d{40}\{1,99}"
