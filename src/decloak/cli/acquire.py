"""The options of `decloak acquire`. What the commands do is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from decloak.cli.exits import tidy

__all__ = ["app"]

_EXIT_CODES = (
    "Exit codes: 0 every run is in the store; 2 wrong usage, a missing program, or nothing could be "
    "had; 3 some runs failed and the others are in the store; 130 Ctrl-C. Run the same command "
    "again to go on: what is in the store is not done again."
)

app = typer.Typer(
    name="acquire",
    help="Run nmap, dig, whois, or ask RDAP and Shodan; keep the raw output in a store.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
)
shodan = typer.Typer(
    name="shodan",
    help="Ask Shodan with the official client; the key comes from SHODAN_API_KEY.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
)
app.add_typer(shodan)

Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="TARGET", help="What to ask about.", show_default=False),
]
TargetFile = Annotated[
    str | None,
    typer.Option("--targets", metavar="FILE", help="A file of targets, one a line; # comments."),
]
Store = Annotated[
    str,
    typer.Option("--store", metavar="DIR", envvar="DECLOAK_STORE", help="Where the runs are kept."),
]
Profile = Annotated[
    str, typer.Option("--profile", help="A named set of options; see `decloak acquire profiles`.")
]
ProfileFile = Annotated[
    str | None, typer.Option("--profiles", metavar="FILE", help="Profiles of your own, as TOML.")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Runs at the same time.")]
Seconds = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds for one run.")]
MaxOutput = Annotated[int, typer.Option("--max-output", min=1, help="Bytes kept of one output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Failures only.")]
Rate = Annotated[
    float, typer.Option("--rate", min=0.0, help="Queries per second and server; 0 for no limit.")
]
Port = Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Port of the server.")]


@app.command(epilog=_EXIT_CODES)
def nmap(  # noqa: PLR0913, PLR0917 - the options of the command
    targets: Targets = None,
    target_file: TargetFile = None,
    store: Store = "runs",
    profile: Profile = "services",
    profile_file: ProfileFile = None,
    ports: Annotated[
        str | None, typer.Option("--ports", help="For example 22,80,443 or 1-1024.")
    ] = None,
    max_rate: Annotated[
        int, typer.Option("--max-rate", min=0, help="Packets per second; 0 for no limit.")
    ] = 100,
    host_timeout: Annotated[
        float, typer.Option("--host-timeout", min=0, help="Seconds for one host; 0 for no limit.")
    ] = 900.0,
    timeout: Seconds = 3600.0,
    resolve: Annotated[
        bool, typer.Option("--resolve/--no-resolve", help="Ask for the names of addresses.")
    ] = True,
    name_server: Annotated[
        str | None, typer.Option("--name-server", help="Ask this address for names.")
    ] = None,
    permitted: Annotated[
        bool,
        typer.Option("--i-have-permission", help="Do not say again that scans need permission."),
    ] = False,
    max_output: MaxOutput = 16 << 20,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Scan addresses, networks (CIDR) and host names; keeps -oN, -oX and -oG of every run.

    Scan only what its owner has permitted you to scan.
    """
    with tidy():
        from decloak.cli.acquire_work import Session, run_nmap  # noqa: PLC0415 - start-up time

        code = run_nmap(
            Session(store, targets, target_file, jobs=jobs, quiet=quiet),
            profile,
            profile_file,
            permitted=permitted,
            ports=ports,
            max_rate=max_rate,
            host_seconds=host_timeout,
            seconds=timeout,
            limit=max_output,
            resolve=resolve,
            name_server=name_server,
        )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def dig(  # noqa: PLR0913, PLR0917 - the options of the command
    targets: Targets = None,
    target_file: TargetFile = None,
    store: Store = "runs",
    types: Annotated[
        str, typer.Option("--types", "-t", help="Record types, a comma list.")
    ] = "A,AAAA,NS,MX,TXT,SOA,CNAME,SRV,CAA,PTR,DNSKEY,ANY",
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", "--layout", help="Layouts; may be repeated.  [default: default]"),
    ] = None,
    profile_file: ProfileFile = None,
    server: Annotated[
        str | None, typer.Option("--server", "-s", help="The name server that is asked.")
    ] = None,
    port: Port = 53,
    timeout: Seconds = 30.0,
    max_output: MaxOutput = 16 << 20,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Look up names (and addresses in reverse): every type in every layout, each with its YAML."""
    with tidy():
        from decloak.cli.acquire_work import Session, run_dig  # noqa: PLC0415 - start-up time

        code = run_dig(
            Session(store, targets, target_file, jobs=jobs, quiet=quiet),
            types,
            profile or ["default"],
            profile_file,
            address=server,
            port=port,
            seconds=timeout,
            limit=max_output,
        )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def whois(  # noqa: PLR0913, PLR0917 - the options of the command
    targets: Targets = None,
    target_file: TargetFile = None,
    store: Store = "runs",
    profile: Profile = "default",
    profile_file: ProfileFile = None,
    server: Annotated[
        str | None,
        typer.Option("--server", "-s", help="The server; else the client chooses and follows."),
    ] = None,
    port: Port = 43,
    referrals: Annotated[
        int,
        typer.Option("--referrals", min=0, max=5, help="Referrals of --server that are followed."),
    ] = 0,
    rate: Rate = 0.5,
    timeout: Seconds = 30.0,
    max_output: MaxOutput = 1 << 20,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Look up domains, addresses, networks and AS numbers with the real client."""
    with tidy():
        from decloak.cli.acquire_work import Session, run_whois  # noqa: PLC0415 - start-up time

        code = run_whois(
            Session(store, targets, target_file, jobs=jobs, quiet=quiet),
            profile,
            profile_file,
            rate=rate,
            referrals=referrals,
            address=server,
            port=port,
            seconds=timeout,
            limit=max_output,
        )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def rdap(  # noqa: PLR0913, PLR0917 - the options of the command
    targets: Targets = None,
    target_file: TargetFile = None,
    store: Store = "runs",
    base: Annotated[
        str | None, typer.Option("--base", metavar="URL", help="Ask this server about everything.")
    ] = None,
    bootstrap: Annotated[
        str, typer.Option("--bootstrap", metavar="URL", help="Where dns.json and the others are.")
    ] = "https://data.iana.org/rdap",
    rate: Rate = 1.0,
    timeout: Seconds = 30.0,
    max_output: MaxOutput = 4 << 20,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Look up domains, addresses, networks and AS numbers in RDAP."""
    with tidy():
        from decloak.cli.acquire_work import Session, run_rdap  # noqa: PLC0415 - start-up time

        code = run_rdap(
            Session(store, targets, target_file, jobs=jobs, quiet=quiet),
            base=base,
            bootstrap=bootstrap,
            rate=rate,
            seconds=timeout,
            limit=max_output,
        )
    raise typer.Exit(code)


BaseUrl = Annotated[
    str, typer.Option("--base", metavar="URL", envvar="SHODAN_API_URL", help="The service.")
]
Minify = Annotated[bool, typer.Option("--minify", help="Without the long fields.")]


@shodan.command(epilog=_EXIT_CODES)
def host(  # noqa: PLR0913, PLR0917 - the options of the command
    targets: Targets = None,
    target_file: TargetFile = None,
    store: Store = "runs",
    history: Annotated[bool, typer.Option("--history", help="Also what was seen before.")] = False,
    minify: Minify = False,
    base: BaseUrl = "https://api.shodan.io",
    timeout: Seconds = 60.0,
    max_output: MaxOutput = 64 << 20,
    quiet: Quiet = False,
) -> None:
    """Fetch everything about addresses. Costs no query credits."""
    with tidy():
        from decloak.cli.acquire_shodan import run_hosts  # noqa: PLC0415 - start-up time
        from decloak.cli.acquire_work import Session  # noqa: PLC0415 - likewise

        code = run_hosts(
            Session(store, targets, target_file, quiet=quiet),
            base,
            seconds=timeout,
            limit=max_output,
            history=history,
            minify=minify,
        )
    raise typer.Exit(code)


@shodan.command(epilog=_EXIT_CODES)
def search(  # noqa: PLR0913, PLR0917 - the options of the command
    query: Annotated[str, typer.Argument(help="For example 'port:22 country:DE'.")],
    store: Store = "runs",
    facets: Annotated[
        str | None,
        typer.Option("--facets", help="Counts by field, a comma list: product,port:20,vuln."),
    ] = None,
    pages: Annotated[
        int, typer.Option("--pages", min=1, max=1000, help="Pages of 100 matches at most.")
    ] = 1,
    minify: Minify = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Spend credits without asking.")] = False,
    base: BaseUrl = "https://api.shodan.io",
    timeout: Seconds = 60.0,
    max_output: MaxOutput = 64 << 20,
    quiet: Quiet = False,
) -> None:
    """Search, page by page. Says what it can cost, and asks, before anything is spent."""
    with tidy():
        from decloak.cli.acquire_shodan import run_search  # noqa: PLC0415 - start-up time
        from decloak.cli.acquire_work import Session  # noqa: PLC0415 - likewise

        code = run_search(
            Session(store, quiet=quiet),
            base,
            query,
            seconds=timeout,
            limit=max_output,
            facets=facets,
            pages=pages,
            minify=minify,
            agreed=yes,
        )
    raise typer.Exit(code)


@app.command()
def profiles(
    profile_file: ProfileFile = None,
) -> None:
    """List the named sets of options."""
    with tidy():
        from decloak.cli.acquire_work import profiles_table  # noqa: PLC0415 - start-up time

        typer.echo(profiles_table(profile_file), nl=False)
