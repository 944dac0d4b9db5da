"""What each match of a pattern holds is sought before the pattern: no place is missed for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.document import View
from decloak.decode import positions as module
from decloak.decode.positions import positions

LINES = (
    "22/TCP", "22/tcp open ssh OpenSSH 8.4p1", "80/open/tcp//http//nginx 1.18/", "Operating System: Linux 5.10", "RUNNING: Linux",
    '<port protocol="tcp" portid="22"><state/><service name="ssh" product="OpenSSH">', '<osmatch name="Linux 5">', 'ostype="Linux"',
    '<osclass type="x" osfamily="Windows">', "OS: Windows 10", "Running (just guessing): Linux", "Apache/2.4.54", "SERVER: nginx now",
    "x-powered-by: PHP here", "Product: nginx web", "User-Agent: curl it", "software: exim mail", "banner=ssh it", "| nginx | 1.18.0 |",
    "dport=22 service=ssh", "dst_port=22 a service=ssh", "Registrar: Some One", "registrant: Some One", "OrgName: Some One",
    "org-name: Some One", "Owner: Some One", "organisation: Some One", "ISP: Some One", "descr: Some One", "tech holder: Some One", "|", "x",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=4).map("\n".join), st.booleans())
def test_nothing_is_missed_for_what_is_sought_before(text, upper):
    text = text.upper() if upper else text
    found = list(positions(View(text)))
    every = tuple(((b"",), *rest) for _, *rest in module._PATTERNS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PATTERNS", every)
        assert list(positions(View(text))) == found


@pytest.mark.parametrize("line", LINES[1:-2])
def test_every_line_is_a_place(line):
    assert list(positions(View(line)))
