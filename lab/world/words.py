"""Words that names in the lab are coined from; none of them is in `decloak.perturb.words`."""

from __future__ import annotations

from random import Random

__all__ = ["coined", "host_label", "label_word"]

_WORDS = """
acorn adige aerial alder alpaca alpine anvil apricot argon aspen atlas aurora azalea baltic bamboo bandit
barley basil bayou birch bison bistro blaze bluff bobcat bolt bonsai boreal borealis breeze brisk bronco brook
burrow butte caldera calypso caramel caribou cedar chalet chisel cinder cirrus citron clover cobalt comet condor
coral cougar coyote crane crater cricket crimson crocus cygnet cypress dahlia dapple dawn delta9 dingo dolphin
drift dune ember emerald ermine estuary fathom fennel fern ferret fjord flint foundry fox foxglove freight frost
gable gazelle geyser ginger glacier glade gopher granite grotto grove gull hamlet harrier hawthorn hazel heath
heron hickory hornet ibex iguana indigo inlet iris isthmus ivory jackal jade jasmine jigsaw juniper kelp kestrel
kiln kite koala krill lagoon lantern larch lark lattice lavender ledge lemur lichen lilac linden lobster locust
lotus lumen lupin lynx mako mallow mango mantis marble marina marlin marmot marten mesa meteor mica millet mink
mistral moose moss mustang nebula nectar nimbus nickel nutmeg oak oasis obsidian ocelot olive onyx opal orca orchid
osprey otter outpost owl oyster paprika parrot pebble pecan pelican peony pepper petal pewter pigeon pine pixel
plover plum polar pollen poppy prairie prism puffin puma quail quarry quartz quill quince radish raven redwood reef
ridge robin rowan ruby rune saffron sage salmon sandbar sapling sapphire seal sequoia shale sierra sinew slate sloop
sorrel sparrow spruce squid squirrel sumac swift sycamore taiga talon tamarind teal tern thistle thyme timber topaz
torrent trellis trout tulip tundra turbine turnip umber vale verbena vesper viola viper vole walnut walrus wharf
wicket wren yarrow yew zenith zephyr zinc
apotheke bäckerei brunnen dachdecker fahrrad gärtnerei hafen kachel klempner küche mühle optik schreiner spedition
tischler werft zahnarzt atelier boulanger chêne étoile fromage forêt jardin lumière maison menuiserie papeterie
pâtisserie rivière verger vigne abeja bodega cafetería ferretería girasol huerta librería molino naranja panadería
peluquería río tienda zapato albergo bottega cantina falegname fornaio gelateria libreria oliva osteria salumi
sartoria agência café carpintaria confeitaria padaria praia sapataria bakkerij fiets kaas molen schilder slager
tuin apteka cukiernia hurtownia kwiaciarnia piekarnia stolarnia warsztat bageri blomma fiske skog snickare kirja
leipomo puutarha saari blomst fjell hav kaffe smørrebrød pekárna truhlář zahrada knihy szivárvány kertészet
""".split()  # noqa: SIM905 - a table reads better

_ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "qu",
    "r",
    "s",
    "sh",
    "sk",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
    "x",
    "y",
    "z",
    "zh",
]
_NUCLEI = "a a e e i i o o u ai au ea ei ia io oo ou".split()  # noqa: SIM905
_CODAS = ["", "", "", "", "l", "m", "n", "r", "s", "t", "x", "nd", "rt", "lf", "ck", "nt", "sk"]

_ROLES = [
    "www",
    "www2",
    "web",
    "web1",
    "web02",
    "mail",
    "mail2",
    "mx1",
    "mx2",
    "mx10",
    "smtp",
    "imap",
    "pop",
    "relay",
    "autodiscover",
    "ns1",
    "ns2",
    "dns",
    "vpn",
    "vpn2",
    "ra",
    "gw",
    "fw",
    "fw1",
    "proxy",
    "cdn",
    "assets",
    "img1",
    "media",
    "files",
    "ftp",
    "sftp",
    "backup",
    "nas",
    "nas01",
    "git",
    "gitlab",
    "jenkins",
    "ci",
    "registry",
    "docker",
    "k8s",
    "node01",
    "node17",
    "worker3",
    "api",
    "api-v2",
    "auth",
    "sso",
    "login",
    "idp",
    "ldap",
    "dc01",
    "dc02",
    "ad",
    "kms",
    "db",
    "db1",
    "sql01",
    "mysql",
    "pg-primary",
    "redis",
    "mongo",
    "cache",
    "queue",
    "mq",
    "kafka01",
    "elastic",
    "es-data-3",
    "grafana",
    "kibana",
    "prometheus",
    "zabbix",
    "nagios",
    "log",
    "syslog",
    "ntp",
    "time",
    "sip",
    "pbx",
    "voip",
    "meet",
    "jitsi",
    "chat",
    "matrix",
    "irc",
    "wiki",
    "intranet",
    "portal",
    "crm",
    "erp",
    "sap",
    "hr",
    "pay",
    "shop",
    "store",
    "blog",
    "cms",
    "wp",
    "dev",
    "dev2",
    "test",
    "staging",
    "uat",
    "qa",
    "demo",
    "sandbox",
    "beta",
    "old",
    "legacy",
    "print",
    "prn-03",
    "cam-lobby",
    "iot",
    "mqtt",
    "scada",
    "plc7",
    "ups1",
    "pdu-b2",
    "idrac-r720",
    "ilo-db4",
    "ipmi",
    "switch1",
    "sw-core-01",
    "rtr1",
    "edge1",
    "core2",
    "lb1",
    "lb-int",
    "haproxy-a",
    "waf",
    "s3",
    "bucket",
    "vps1337",
    "srv12",
    "host-44",
    "box",
]


def coined(rng: Random, syllables: int | None = None) -> str:
    """A word nobody has used: ``brauzhen``."""
    made = ""
    for _ in range(syllables or rng.choice((2, 2, 2, 3, 3))):
        made += rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS)
    return made


def label_word(rng: Random) -> str:
    """A word for a domain; in some languages with letters outside ASCII."""
    return rng.choice(_WORDS) if rng.random() < 0.6 else coined(rng)


def host_label(rng: Random) -> str:
    """The first label of a host's name, as administrators choose them."""
    return rng.choice(_ROLES)
