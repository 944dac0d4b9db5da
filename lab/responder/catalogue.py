"""Roles of well-known products that behave like them: dialogues, pages with titles, TLS."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from lab.responder.plan import Role

__all__ = ["PROTOCOLS", "Product", "catalogue", "role"]

PROTOCOLS = {"ssh": (22, 2222), "ftp": (21,), "smtp": (25, 587), "pop3": (110,), "imap": (143,), "http": (80, 8080, 8000, 8888), "https": (443, 8443, 4443),
             "imaps": (993,), "pop3s": (995,), "smtps": (465,)}  # fmt: skip
"""Protocol -> its usual ports; those that end in s are the same inside TLS."""

_TITLES = [
    "Welcome to nginx!",
    "Apache2 Debian Default Page: It works",
    "IIS Windows Server",
    "{org}",
    "{org} - Home",
    "Startseite ",
    " {org}",
    "Accueil - {org}",
    "{host}",
    "Login - {org}",
    "Anmeldung",
    "Connexion",
    "Iniciar sesión",
    "ログイン",
    "Вход в систему",
    "登录",
    "Webmail {org}",
    "Index of /",
    "403 Forbidden",
    "Dashboard",
    "Router Status",
    "{org} Intranet",
    "Site under construction",
    "Страница не найдена",
    "{org}: Kundenportal",
    "Panel administracyjny",
    "Yönetim Paneli",
    "Σύνδεση",
    "ورود کاربران",
    "Grafana",
    "phpMyAdmin",
    "Tickets :: {org}",
]
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Product:
    """One entry of the catalogue."""

    protocol: str
    banner: str
    product: str
    versions: tuple[str, ...]
    reads: str
    info: str


@cache
def catalogue() -> dict[str, tuple[Product, ...]]:
    """Protocol -> products; the ones inside TLS are the same as outside."""
    with Path(__file__).with_name("catalogue.toml").open("rb") as stream:
        tables = tomllib.load(stream)
    made = {
        protocol: tuple(
            Product(
                protocol,
                row["banner"],
                row["product"],
                tuple(row["versions"]),
                row.get("reads", "{v}"),
                row.get("info", ""),
            )
            for row in rows
        )
        for protocol, rows in tables.items()
    }
    return made | {f"{protocol}s": made[protocol] for protocol in ("http", "imap", "pop3", "smtp")}


def _date(rng: Random) -> str:
    return f"{rng.choice(_DAYS)}, {rng.randint(1, 28):02} {rng.choice(_MONTHS)} 2025 {rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02} +0{rng.randint(0, 9)}00"


def _lines(rows: dict[str, str]) -> dict[str, bytes]:
    return {word: text.replace("\n", "\r\n").encode() + b"\r\n" for word, text in rows.items()}


def _dialogue(protocol: str, host: str) -> dict[str, bytes]:
    """Command -> answer, enough for a scanner's scripts."""
    return {
        "ftp": _lines({"USER": "331 Please specify the password.", "PASS": "530 Login incorrect.", "SYST": "215 UNIX Type: L8", "QUIT": "221 Goodbye.",
                       "FEAT": "211-Features:\n EPSV\n MDTM\n SIZE\n UTF8\n211 End", "": "530 Please login with USER and PASS."}),
        "smtp": _lines({"EHLO": f"250-{host}\n250-PIPELINING\n250-SIZE 10240000\n250-VRFY\n250-ETRN\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250 DSN", "HELO": f"250 {host}",
                        "QUIT": "221 2.0.0 Bye", "HELP": "502 5.5.2 Error: command not recognized", "": "502 5.5.2 Error: command not recognized"}),
        "pop3": _lines({"CAPA": "+OK\nCAPA\nTOP\nUIDL\nRESP-CODES\nPIPELINING\nUSER\nSASL PLAIN\n.", "QUIT": "+OK Logging out", "": "-ERR Unknown command."}),
        "imap": _lines({"CAPABILITY": "* CAPABILITY IMAP4rev1 SASL-IR ID ENABLE IDLE AUTH=PLAIN\n{tag} OK Done.", "LOGOUT": "* BYE Logging out\n{tag} OK Done.",
                        "ID": "* ID NIL\n{tag} OK Done.", "": "* BAD Error in IMAP command"}),
    }.get(protocol, {})  # fmt: skip


def _pages(server: str, organisation: str, host: str, rng: Random) -> dict[str, bytes]:
    """A front page with a title, and what else is asked for."""
    title = rng.choice(_TITLES).format(org=organisation, host=host)
    extra = rng.choice(
        (
            "",
            "X-Powered-By: PHP/8.1.2\r\n",
            "Set-Cookie: JSESSIONID=0A1B2C; Path=/\r\n",
            "X-Frame-Options: SAMEORIGIN\r\n",
            "Set-Cookie: PHPSESSID=l4b; path=/\r\n",
        )
    )
    body = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n<body><h1>{title}</h1><p>{organisation}</p></body></html>\n'

    def response(status: str, text: str, kind: str = "text/html; charset=utf-8") -> bytes:
        data = text.encode()
        head = f"HTTP/1.1 {status}\r\nServer: {server}\r\nDate: {_date(rng)}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{extra}Connection: close\r\n\r\n"
        return head.encode() + data

    front = rng.choice((response("200 OK", body), response("200 OK", body), response("403 Forbidden", body),
                        response("401 Unauthorized", body).replace(b"Connection:", b'WWW-Authenticate: Basic realm="' + organisation.encode() + b'"\r\nConnection:')))  # fmt: skip
    pages = {
        "/": front,
        "*": response("404 Not Found", "<html><head><title>404 Not Found</title></head></html>\n"),
    }
    if rng.random() < 0.4:
        pages["/robots.txt"] = response(
            "200 OK",
            f"User-agent: *\nDisallow: /{rng.choice(('admin', 'intern', 'wp-admin', 'tmp'))}/\nDisallow: /cgi-bin/\n",
            "text/plain",
        )
    return pages


def role(
    product: Product,
    protocol: str,
    rng: Random,
    address: str,
    port: int,
    host: str,
    organisation: str,
) -> Role:
    """Play a product; TLS is up to the caller, which has certificates.

    Args:
        product: of the catalogue.
        protocol: a key of `PROTOCOLS`.
        rng: the source of chance.
        address: where.
        port: where.
        host: the machine's name, for greetings.
        organisation: whose pages it shows.
    """
    version, _, release = rng.choice(product.versions).partition("|")
    words = {
        "v": version,
        "r": release,
        "host": host,
        "address": address,
        "date": _date(rng),
        "n": str(rng.randint(1000, 99999)),
    }
    banner = product.banner.format(**words)
    plain = product.protocol
    greeting = (
        b""
        if plain == "http"
        else (f"SSH-2.0-{banner}" if plain == "ssh" else banner).encode() + b"\r\n"
    )
    return Role(
        address, port, "tcp", plain, product.product, product.reads.format(**words) if version else "", f"catalogue:{protocol}",
        greeting=greeting, dialogue=_dialogue(plain, host),
        pages=_pages(banner, organisation, host, rng) if plain == "http" else {}, info=product.info.format(**words),
    )  # fmt: skip
