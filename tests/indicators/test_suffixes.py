"""Public suffixes as the package itself reads its snapshot."""

from __future__ import annotations

from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

from decloak.indicators.suffixes import public_suffix, registered_domain


def test_every_rule_means_what_it_means_to_the_package() -> None:
    plain = PublicSuffixList(accept_unknown=False)
    lines = Path(PSLFILE).read_text("utf-8").splitlines()
    rules = [line.strip().lstrip("!") for line in lines if line.strip() and line[:2] != "//"]
    names = ["", "com.", "a..b", "foo.unknown", "city.kawasaki.jp", "www.example.co.uk"]
    for rule in rules:
        concrete = rule.replace("*", "x")
        encoded = concrete.encode("idna").decode() if not concrete.isascii() else concrete
        names += [concrete, f"b.a.{concrete}", encoded, f"b.a.{encoded}"]
    for name in names:
        assert public_suffix(name) == plain.publicsuffix(name)
        assert registered_domain(name) == plain.privatesuffix(name)
