"""System, service and proxy logs, made up: what machines write all day.

Every line is drawn from the templates of its kind; addresses are of the documentation ranges. With
digits, hex and host names folded, 2,000 lines have between a dozen and some hundreds of shapes.
"""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["LOGS", "log"]

_USERS = ("root", "admin", "guest", "oracle", "postgres", "jdoe", "mkeller", "backup", "www-data",
          "nagios", "test", "ftpuser", "s.ito", "deploy", "operator")  # fmt: skip
_HOSTS = ("combo", "gw1", "mail", "db-02", "web01", "ns1", "build7", "stage", "fileserver")
_DOMAINS = ("example.com", "example.net", "example.org", "corp.example", "test.example")
_DAEMONS = ("crond", "xinetd", "named", "snmpd", "ntpd", "cupsd", "gpm", "syslogd", "smartd", "dhcpd",
            "portmap", "rpc.statd", "sendmail", "apmd", "logrotate", "kernel", "random", "pcmcia")  # fmt: skip
_PATHS = ("/var/www/html/index.php", "/etc/httpd/conf/workers2.properties", "/usr/share/doc/readme",
          "/home/jdoe/report.docx", "/srv/data/block", "/opt/app/lib/core.jar", "/var/run/app.pid",
          "/scripts/root.exe", "/admin/login", "/images/logo.gif", "/api/v1/items", "/robots.txt")  # fmt: skip
_CLASSES = ("dfs.DataNode$PacketResponder", "dfs.FSNamesystem", "dfs.DataNode$DataXceiver", "ipc.Client",
            "mapreduce.v2.app.MRAppMaster", "yarn.event.AsyncDispatcher", "mapred.TaskAttemptListenerImpl",
            "hdfs.LeaseRenewer", "security.UserGroupInformation", "http.HttpServer2")  # fmt: skip
_PACKAGES = ("Package_for_KB{n}", "Microsoft-Windows-Foundation-Package", "Microsoft-Windows-Printing",
             "Trusted Installer", "CBS_{n}", "Microsoft-Windows-Media-Format")  # fmt: skip
_AGENTS = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "curl/7.88.1", "Wget/1.21",
           "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101", "python-requests/2.31")  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Maker:
    """Draws what lines are made of, with a clock that only goes on."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.pick = rng.choice
        self.now = self.rng.randrange(86_400 * 200)
        self.home = self.pick(_HOSTS)

    def step(self) -> tuple[int, int, int, int, int]:
        """Return the month, day, hour, minute, second of the next line."""
        self.now += self.rng.choice((0, 0, 1, 2, 7, 61))
        days, seconds = divmod(self.now, 86_400)
        return days // 28 % 12, days % 28 + 1, seconds // 3600, seconds // 60 % 60, seconds % 60

    def number(self, digits: int = 5) -> int:
        """Return a number of at most so many digits."""
        return self.rng.randrange(10 ** self.rng.randint(1, digits))

    def address(self) -> str:
        """Return an address for documentation, or a private one."""
        net = self.pick(("192.0.2", "198.51.100", "203.0.113", "10.0.0", "172.16.4"))
        return f"{net}.{self.rng.randrange(1, 255)}"

    def name(self) -> str:
        """Return a host's full name."""
        return f"{self.pick(_HOSTS)}{self.rng.randrange(40)}.{self.pick(_DOMAINS)}"

    def hex(self, digits: int) -> str:
        """Return so many hexadecimal digits."""
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"


def _stamp(make: _Maker) -> str:
    month, day, hour, minute, second = make.step()
    return f"{_MONTHS[month]} {day:2} {hour:02}:{minute:02}:{second:02}"


def _syslog(make: _Maker) -> str:
    rank = make.rng.randrange(14)
    daemon = _DAEMONS[rank]
    said = (
        f"authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost={make.address()} user={make.pick(_USERS)}",
        f"session opened for user {make.pick(_USERS)} by (uid={make.number(2)})",
        f"connection from {make.address()} ({make.name()}) at {make.number()}",
        f"{daemon} startup succeeded", f"{daemon} shutdown failed", "check pass; user unknown",
        f"ALERT exited abnormally with [{make.number(1)}]",
        f"CPU {make.number(2)}: Intel P4/Xeon Extended MCE MSRs ({make.number(2)}) available",
        f"Out of Memory: Killed process {make.number()} ({daemon}).", f"klogd 1.4.1, log source = {make.pick(_PATHS)} started.",
        f"eth{make.number(1)}: link up, {make.number(4)}Mbps, full-duplex, lpa 0x{make.hex(4)}",
        f"ACPI: PCI interrupt 0000:00:{make.hex(2)}.0[A] -> GSI {make.number(2)} (level, low)",
        f"({make.pick(_USERS)}) CMD ({make.pick(_PATHS)} > /dev/null)",
        f"reply from {make.address()}: offset {make.number(3)}.{make.number(6)} delay 0.{make.number(6)}",
    )[rank]  # fmt: skip
    return f"{_stamp(make)} {make.home} {daemon}[{make.number()}]: {said}"


def _sshd(make: _Maker) -> str:
    user, address, port = make.pick(_USERS), make.address(), make.number()
    said = make.pick((
        f"Failed password for invalid user {user} from {address} port {port} ssh2",
        f"Accepted publickey for {user} from {address} port {port} ssh2: RSA SHA256:{make.hex(40)}",
        f"Received disconnect from {address}: 11: Bye Bye [preauth]", f"Invalid user {user} from {address}",
        f"reverse mapping checking getaddrinfo for {make.name()} [{address}] failed - POSSIBLE BREAK-IN ATTEMPT!",
        f"pam_unix(sshd:session): session closed for user {user}",
        f"Connection closed by {address} port {port} [preauth]",
        f"error: maximum authentication attempts exceeded for {user} from {address} port {port} ssh2 [preauth]",
        "Server listening on 0.0.0.0 port 22.", f"Did not receive identification string from {address}",
    ))  # fmt: skip
    return f"{_stamp(make)} {make.home} sshd[{make.number()}]: {said}"


def _hadoop(make: _Maker) -> str:
    _, day, hour, minute, second = make.step()
    block, peer = f"blk_{make.number(18)}", f"{make.address()}:{make.number()}"
    rank = make.rng.randrange(11)
    said = (
        f"Receiving block {block} src: /{peer} dest: /{make.address()}:50010",
        f"PacketResponder {make.number(1)} for block {block} terminating",
        f"BLOCK* NameSystem.addStoredBlock: blockMap updated: {peer} is added to {block} size {make.number(8)}",
        f"Retrying connect to server: {make.name()}/{peer}. Already tried {make.number(1)} time(s); retry policy is RetryUpToMaximumCountWithFixedSleep(maxRetries=10, sleepTime=1000 MILLISECONDS)",
        f"Address change detected. Old: {make.name()}/{peer} New: {make.name()}:{make.number()}",
        f"Registering class org.apache.hadoop.mapreduce.v2.app.job.event.JobEventType for class {make.pick(_CLASSES)}",
        f"attempt_{make.number(10)}_{make.number(4)}_m_{make.number(6)}_0 TaskAttempt Transitioned from NEW to {make.pick(('RUNNING', 'UNASSIGNED', 'FAILED'))}",
        f"ERROR IN CONTACTING RM. java.net.NoRouteToHostException: No Route to Host from {make.name()}/{make.address()} to {make.pick(_HOSTS)}:8030 failed on socket timeout exception",
        f"Failed to renew lease for [DFSClient_NONMAPREDUCE_{make.number(9)}_1] for {make.number(3)} seconds. Will retry shortly ...",
        f"Got exception while serving {block} to /{make.address()}:", f"Deleting block {block} file {make.pick(_PATHS)}",
    )[rank]  # fmt: skip
    level = ("INFO", "INFO", "WARN", "ERROR")[rank % 4]
    return (f"2015-10-{day:02} {hour:02}:{minute:02}:{second:02},{make.number(3):03} {level} "
            f"[{('main', 'Thread-51', 'RMCommunicator Allocator', 'IPC Server handler 3')[rank % 4]}] "
            f"org.apache.hadoop.{_CLASSES[rank % len(_CLASSES)]}: {said}")  # fmt: skip


def _zookeeper(make: _Maker) -> str:
    _, day, hour, minute, second = make.step()
    peer = f"/{make.address()}:{make.number()}"
    rank = make.rng.randrange(11)
    said = (
        f"Accepted socket connection from {peer}", f"Received connection request {peer}",
        f"Closed socket connection for client {peer} (no session established for client)",
        f"Expiring session 0x{make.hex(15)}, timeout of {make.number()}ms exceeded",
        f"Cannot open channel to {make.number(1)} at election address {make.pick(_HOSTS)}{peer}",
        f"Notification: {make.number(1)} (n.leader), 0x{make.hex(9)} (n.zxid), 0x{make.hex(1)} (n.round), LOOKING (n.state)",
        "Interrupted while waiting for message on queue", "******* GOODBYE ********", "Send worker leaving thread",
        f"Connection broken for id {make.number(12)}, my id = {make.number(1)}, error =",
        f"caught end of stream exception EndOfStreamException: Unable to read additional data from client sessionid 0x{make.hex(15)}, likely client has closed socket",
    )[rank]  # fmt: skip
    where = (f"NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxn@{make.number(4)}",
                       f"QuorumPeer[myid={make.number(1)}]/0:0:0:0:0:0:0:0:2181:Learner@{make.number(3)}",
                       f"SendWorker:{make.number(12)}:QuorumCnxManager$SendWorker@{make.number(3)}",
                       f"/{make.address()}:3888:QuorumCnxManager$Listener@{make.number(3)}")[rank % 4]  # fmt: skip
    return f"2015-07-{day:02} {hour:02}:{minute:02}:{second:02},{make.number(3):03} - {('INFO', 'WARN', 'ERROR')[rank % 3]}  [{where}] - {said}"


def _servicing(make: _Maker) -> str:
    _, day, hour, minute, second = make.step()
    package = make.pick(_PACKAGES).format(n=make.number(7))
    rank = make.rng.randrange(11)
    said = (
        f"Session: {make.number(8)}_{make.number(9)} initialized by client WindowsUpdateAgent.",
        f"Read out cached package applicability for package: {package}~31bf3856ad364e35~amd64~~6.1.{make.number(1)}.{make.number(4)}, ApplicableState: {make.number(3)}, CurrentState:{make.number(3)}",
        "Warning: Unrecognized packageExtended attribute.", "Expecting attribute name [HRESULT = 0x800f080d - CBS_E_MANIFEST_INVALID_ITEM]",
        f"SQM: Failed to start upload with file pattern: C:\\Windows\\servicing\\sqm\\*_std.sqm, flags: 0x{make.hex(1)} [HRESULT = 0x80004005 - E_FAIL]",
        f"Starting {package} initialization.", "Ending TrustedInstaller finalization.", "Loading user registry hive",
        f"{make.number(8):08} Created NT transaction (seq {make.number(1)}) result 0x{make.hex(8)}, handle @0x{make.hex(3)}",
        f"NonStart: Checking to ensure startup processing was not required. {make.pick(_HOSTS)}", "Reboot mark refs: 0",
    )[rank]  # fmt: skip
    return f"2016-09-{day:02} {hour:02}:{minute:02}:{second:02}, {('Info', 'Warning')[rank % 2]}                  {('CBS', 'CSI')[rank // 8]}    {said}"


def _apache(make: _Maker) -> str:
    month, day, hour, minute, second = make.step()
    said = make.pick((
        f"[client {make.address()}] Directory index forbidden by rule: {make.pick(_PATHS)}",
        f"[client {make.address()}] File does not exist: {make.pick(_PATHS)}", f"jk2_init() Found child {make.number()} in scoreboard slot {make.number(2)}",
        f"workerEnv.init() ok {make.pick(_PATHS)}", f"mod_jk child workerEnv in error state {make.number(1)}",
        f"[client {make.address()}] request failed: URI too long (longer than 8190), referer: http://{make.name()}/{make.number()}",
    ))  # fmt: skip
    return f"[{make.pick(('Sun', 'Mon', 'Tue'))} {_MONTHS[month]} {day:02} {hour:02}:{minute:02}:{second:02} 2005] [{make.pick(('error', 'notice'))}] {said}"


def _access(make: _Maker) -> str:
    month, day, hour, minute, second = make.step()
    referer = make.pick(
        ("-", f"http://{make.name()}/", f"https://{make.name()}{make.pick(_PATHS)}")
    )
    return (f"{make.address()} - {make.pick(('-', '-', make.pick(_USERS)))} [{day:02}/{_MONTHS[month]}/2024:{hour:02}:{minute:02}:{second:02} +0000] "
            f'"{make.pick(("GET", "POST", "HEAD"))} {make.pick(_PATHS)}?id={make.number()} HTTP/1.1" {make.pick((200, 301, 404, 500))} {make.number()} "{referer}" "{make.pick(_AGENTS)}"')  # fmt: skip


def _squid(make: _Maker) -> str:
    make.step()
    method = make.pick(("GET", "CONNECT", "POST"))
    target = (
        f"{make.name()}:443" if method == "CONNECT" else f"http://{make.name()}{make.pick(_PATHS)}"
    )
    return (f"{1_157_689_312 + make.now}.{make.number(3):03} {make.number():6} {make.address()} {make.pick(('TCP_MISS', 'TCP_TUNNEL', 'TCP_DENIED', 'TCP_HIT'))}/{make.pick((200, 304, 403, 503))} "
            f"{make.number()} {method} {target} {make.pick(('-', make.pick(_USERS)))} {make.pick(('HIER_DIRECT', 'DIRECT', 'NONE'))}/{make.address()} {make.pick(('text/html', 'image/gif', '-', 'application/json'))}")  # fmt: skip


def _firewall(make: _Maker) -> str:
    verdict = make.pick(("[UFW BLOCK]", "[UFW ALLOW]", "DROP:", "iptables denied:"))
    protocol = make.pick((f"TCP SPT={make.number()} DPT={make.number()} WINDOW={make.number()} RES=0x00 {make.pick(('SYN', 'ACK', 'RST', 'ACK FIN'))} URGP=0",
                          f"UDP SPT={make.number()} DPT={make.number()} LEN={make.number(3)}", f"ICMP TYPE={make.number(1)} CODE=0"))  # fmt: skip
    return (f"{_stamp(make)} {make.home} kernel: [{make.number(6)}.{make.number(6):06}] {verdict} IN={make.pick(('eth0', 'ens3', 'wlan0'))} OUT= "
            f"MAC={':'.join(make.hex(2) for _ in range(14))} SRC={make.address()} DST={make.address()} LEN={make.number(4)} TOS=0x{make.hex(2)} PREC=0x00 TTL={make.number(3)} ID={make.number()} {make.pick(('', 'DF '))}PROTO={protocol}")  # fmt: skip


LOGS: dict[str, Callable[[_Maker], str]] = {
    "syslog": _syslog, "sshd": _sshd, "hadoop": _hadoop, "zookeeper": _zookeeper,
    "servicing": _servicing, "apache error": _apache, "apache access": _access, "squid": _squid,
    "firewall": _firewall,
}  # fmt: skip
"""A line of each kind."""


def log(kind: str, lines: int, rng: random.Random) -> str:
    """Return a log of one kind: so many lines."""
    make = _Maker(rng)
    return "".join(LOGS[kind](make) + "\n" for _ in range(lines))
