"""Every daemon that a lab can start; those whose program is not installed are left out."""

from __future__ import annotations

from lab.debian import data, mail, other, web
from lab.debian.model import Daemon, Listener

__all__ = ["DAEMONS", "LIGHT"]

DAEMONS = (
    Daemon("sshd", other.sshd, (Listener(22, "tcp", "ssh", "OpenSSH"),), ("ssh", "-V"), r"OpenSSH_([^,]+)"),
    Daemon("nginx", web.nginx, (Listener(80, "tcp", "http", "nginx"),), ("nginx", "-v"), r"nginx/(\S+)"),
    Daemon("vsftpd", other.vsftpd, (Listener(21, "tcp", "ftp", "vsftpd"),), ("dpkg-query", "-W", "-f", "${Version}", "vsftpd"), r"([\d.]+)"),
    Daemon("apache2", web.apache, (Listener(80, "tcp", "http", "Apache httpd"),), ("apache2", "-v"), r"Apache/(\S+)"),
    Daemon("lighttpd", web.lighttpd, (Listener(80, "tcp", "http", "lighttpd"),), ("lighttpd", "-v"), r"lighttpd/(\S+)"),
    Daemon("proftpd", other.proftpd, (Listener(21, "tcp", "ftp", "ProFTPD"),), ("proftpd", "-v"), r"Version (\S+)"),
    Daemon("exim4", mail.exim, (Listener(25, "tcp", "smtp", "Exim smtpd"),), ("exim4", "--version"), r"version (\S+)"),
    Daemon("dovecot", mail.dovecot, (Listener(143, "tcp", "imap", "Dovecot imapd"),)),
    Daemon("redis-server", data.redis, (Listener(6379, "tcp", "redis", "Redis key-value store"),), ("redis-server", "--version"), r"v=(\S+)"),
    Daemon("memcached", data.memcached, (Listener(11211, "tcp", "memcached", "Memcached"),), ("memcached", "--version")),
    Daemon("dnsmasq", other.dnsmasq, (Listener(53, "tcp", "domain", "dnsmasq"), Listener(53, "udp", "domain", "dnsmasq")), ("dnsmasq", "--version")),
    Daemon("snmpd", other.snmpd, (Listener(161, "udp", "snmp", "SNMPv1 server; net-snmp SNMPv3 server"),)),
    Daemon("mosquitto", other.mosquitto, (Listener(1883, "tcp", "mqtt", "mosquitto"),), ("mosquitto", "-h")),
    Daemon("tinyproxy", web.tinyproxy, (Listener(8888, "tcp", "http-proxy", "tinyproxy"),), ("tinyproxy", "-v")),
    Daemon("ngircd", other.ngircd, (Listener(6667, "tcp", "irc", "ngircd"),), ("ngircd", "--version"), r"ngIRCd (\S+?)-"),
    Daemon("rsync", other.rsync, (Listener(873, "tcp", "rsync", ""),)),
    Daemon("dropbear", other.dropbear, (Listener(22, "tcp", "ssh", "Dropbear sshd"),), ("dropbear", "-V"), r"v(\S+)"),
    Daemon("haproxy", web.haproxy, (Listener(8404, "tcp", "http-proxy", "HAProxy http proxy"),)),
    Daemon("slapd", data.slapd, (Listener(389, "tcp", "ldap", "OpenLDAP"),)),
    Daemon("smbd", other.smbd, (Listener(445, "tcp", "netbios-ssn", "Samba smbd"),)),
    Daemon("postgres", data.postgres, (Listener(5432, "tcp", "postgresql", "PostgreSQL DB"),)),
    # MariaDB 10 puts 5.5.5- before its version, so that old replicas take it for a MySQL.
    Daemon("mariadbd", data.mariadb, (Listener(3306, "tcp", "mysql", "MySQL"),), ("mariadbd", "--version"), r"Ver (10\.\S+)", "5.5.5-{}"),
)  # fmt: skip
"""Their order decides on which host each runs."""

LIGHT = ("sshd", "nginx", "vsftpd")
"""Those that every harvest starts: lab/packages.txt has them, lab/packages-full.txt the others."""
