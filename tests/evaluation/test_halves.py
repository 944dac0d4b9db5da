"""Which rows may be trained on: fixed by the group's name, and roughly half of all names."""

from hashlib import sha256

import pytest

from decloak.evaluation.halves import is_training_half


@pytest.mark.parametrize(
    "group", ["recog:dns_versionbind", "recog:ftp_banners", "a", "Ünïcode", ""]
)
def test_the_first_byte_of_the_hash_decides(group):
    assert is_training_half(group) == (int(sha256(group.encode()).hexdigest()[:2], 16) % 2 == 0)


def test_both_halves_are_of_a_size():
    share = sum(is_training_half(f"group {i}") for i in range(2000)) / 2000
    assert 0.45 < share < 0.55
