"""The catalogue's banners are what the real Nmap takes them for."""

import random
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = [pytest.mark.tools, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def test_nmap_names_every_product_of_the_catalogue(tmp_path, need):
    from lab.responder import catalogue
    from lab.responder.plan import write_plan

    need("nmap")
    rng = random.Random(11)
    third = rng.randint(1, 254)
    roles = {}
    for protocol, products in catalogue.catalogue().items():
        for product in products if protocol == products[0].protocol else ():
            address, port = f"127.44.{third}.{len(roles) + 1}", 20000 + len(roles)
            roles[address, port] = catalogue.role(
                product, protocol, rng, address, port, "h.example.org", "Ümlaut"
            )
    assert len(roles) > 30
    write_plan(tmp_path / "plan", roles.values())
    command = [sys.executable, "-m", "lab.responder.serve", tmp_path / "plan"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == f"ready {len(roles)}\n"
            for_nmap = [
                "nmap",
                "-n",
                "-Pn",
                "-sT",
                "-sV",
                "-T4",
                "-p",
                f"20000-{20000 + len(roles)}",
                "-oX",
                tmp_path / "xml",
            ]
            subprocess.run(
                [*for_nmap, *(a for a, _ in roles)], check=True, capture_output=True, timeout=300
            )
        finally:
            server.kill()
    wrong = []
    for host in ET.parse(tmp_path / "xml").getroot().iter("host"):
        address = host.find("address").get("addr")
        for port in host.iter("port"):
            role = roles.get((address, int(port.get("portid"))))
            if role:
                service = port.find("service")
                told = tuple(service.get(name, "") for name in ("product", "version", "extrainfo"))
                wrong += (
                    [(role.product, told)]
                    if told != (role.product, role.version, role.info)
                    else []
                )
    assert wrong == []
