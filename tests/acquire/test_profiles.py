import pytest

from decloak.acquire.profiles import load_profiles, pick
from decloak.core.errors import SettingsError


def test_the_shipped_profiles_are_complete():
    profiles = load_profiles()
    assert set(profiles) == {"nmap", "dig", "whois"}
    assert all(profile.summary for of in profiles.values() for profile in of.values())
    assert pick(profiles, "nmap", "aggressive").options == ("-A",)
    assert pick(profiles, "nmap", "udp").root
    with pytest.raises(SettingsError, match="unknown nmap profile 'stealth'; known: quick, "):
        pick(profiles, "nmap", "stealth")


def test_a_file_adds_and_replaces(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[nmap.quick]\noptions = ["-F", "--source-port=53"]\n[dig.mine]\nlayout = ["+short"]\n'
    )
    profiles = load_profiles(file)
    assert pick(profiles, "nmap", "quick").options == ("-F", "--source-port=53")
    assert pick(profiles, "dig", "mine").layout == ("+short",)
    assert pick(profiles, "dig", "default").options == ()
    assert pick(load_profiles(), "nmap", "quick").options == ("-F",)


@pytest.mark.parametrize(
    ("tool", "option"),
    [
        *(("nmap", option) for option in (
            "-iL", "-iLfile", "--iL=file", "-iR", "-oN", "-oNx", "--oN=x", "-oA", "--resume",
            "--res", "-resume", "--excludefile", "--append-output", "--script\\nx", "-h", "--help",
            "198.51.100.1", "198.51.100.0/24", "2001:db8::1", "--", "-", "--versiondb=x", "",
            "scanme.example", "192.0.2.1-254", "192.0.2.*", "-sI", "-sVI", "-b", "-b192.0.2.1",
            "-D", "-D192.0.2.1,ME", "-S192.0.2.1", "--proxies=socks4://192.0.2.1:1", "--dns-servers=192.0.2.1",
        )),
        *(("dig", option) for option in ("-f", "-fx", "@192.0.2.1", "example.com", "+yaml", "+YAML", "-x")),
        *(("whois", option) for option in ("example.com", "-h", "-hx", "-p", "--host", "--ho=x", "--port=1", "-Hh", "--")),
    ],
)  # fmt: skip
def test_what_only_decloak_decides_is_refused(tmp_path, tool, option):
    file = tmp_path / "own.toml"
    file.write_text(f'[{tool}.mine]\noptions = ["{option}"]\n')
    with pytest.raises(SettingsError, match=f"own.toml: {tool}.mine"):
        load_profiles(file)


@pytest.mark.parametrize(
    "options",
    ['"--script", "banner", "a.example"', '"-sV", "a.example"', '"--script=x", "a.example"'],
)
def test_a_word_that_no_option_takes_would_be_a_target(tmp_path, options):
    file = tmp_path / "own.toml"
    file.write_text(f"[nmap.mine]\noptions = [{options}]\n")
    with pytest.raises(SettingsError, match=r"'a\.example' is not for a profile"):
        load_profiles(file)


def test_options_take_values(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[nmap.mine]\noptions = ["--top-ports", "50", "-T", "4", "--script", "banner", "--badsum"]\n'
        '[whois.mine]\noptions = ["-i", "mnt-by", "-T", "inetnum"]\n'
    )
    assert pick(load_profiles(file), "nmap", "mine").options[-1] == "--badsum"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[nmap.x]\noption = []\n", "nmap.x.option: Extra inputs"),
        ("[nikto.x]\n", "'nikto' has no profiles"),
        ("nmap = 1\n", "nmap"),
        ("[nmap", "Expected"),
    ],
)
def test_a_wrong_file_says_where(tmp_path, text, said):
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        load_profiles(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsError, match="no such file"):
        load_profiles(tmp_path / "own.toml")
    (tmp_path / "own.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_profiles(tmp_path / "own.toml")
