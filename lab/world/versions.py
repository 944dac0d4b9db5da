"""Versions in the styles that products use."""

from __future__ import annotations

from random import Random

__all__ = ["draw_version"]


def draw_version(rng: Random) -> str:
    """A version; from ``7`` over ``2.4.57`` to ``9.2p1``, ``5.7.42-log`` and ``20240817``."""
    part = rng.randint
    shape = rng.random()
    if shape < 0.30:
        return f"{part(0, 12)}.{part(0, 24)}.{part(0, 40)}"
    if shape < 0.52:
        return f"{part(0, 14)}.{part(0, 60)}"
    if shape < 0.60:
        return f"{part(1, 9)}.{part(0, 9)}.{part(0, 19)}.{part(0, 999)}"
    if shape < 0.66:
        return str(part(1, 30))
    if shape < 0.72:
        return f"{part(1, 9)}.{part(0, 9)}{rng.choice('abcdefp')}{rng.choice(('', '1', '2'))}"
    if shape < 0.78:
        return f"{part(0, 9)}.{part(0, 19)}.{part(0, 9)}-{rng.choice(('rc1', 'rc2', 'beta', 'beta3', 'alpha', 'dev', 'SNAPSHOT', 'log', 'stable', 'p4'))}"
    if shape < 0.83:
        return f"20{part(5, 25):02}{part(1, 12):02}{part(1, 28):02}"
    if shape < 0.88:
        return f"20{part(10, 25)}.{part(1, 12)}.{part(0, 9)}"
    if shape < 0.92:
        return f"{part(0, 9)}.{part(0, 99):02}"
    return f"{part(1, 25)}.{part(0, 9)}.{part(0, 9)}{rng.choice(('+dfsg1', '~bpo11', '-1ubuntu4', '-r7', '_3', 'b12', '.RELEASE', '.Final', 'M', 'SP2'))}"
