"""Calls to other servers: only to hosts somebody has listed, and never into our own network.

The host is looked up once; every address it has must be public, and the call goes to the address that was
checked, so a name that changes its mind between the two leads nowhere else. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*")
PATH = re.compile(r"[\x21-\x5b\x5d-\x7e]*")
PORTS = {"https": 443, "http": 80}
# Addresses of IPv6 that carry one of IPv4 in their last 32 bits.
CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


class CallFailed(Exception):
    """A call that did not take place or got no answer; `code` says why and names nobody."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class NotAllowed(CallFailed):
    """A call that is never made."""


@dataclass(frozen=True)
class Target:
    """Where calls go: the address as written, and the network address it was pinned to."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def target(url: str, *, hosts: Collection[str], is_local_allowed: bool = False) -> Target:
    """Check an address and pin it. `is_local_allowed` is for development: plain HTTP and private networks.

    Raises NotAllowed("bad_url", "host_not_listed" or "address_not_public"), CallFailed("unknown_host").
    """
    scheme, host, port, path = check(url, hosts=hosts, is_local_allowed=is_local_allowed)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CallFailed("unknown_host") from None
    addresses = [entry[4][0] for entry in found]
    if not addresses:
        raise CallFailed("unknown_host")
    if not is_local_allowed and not all(is_public(address) for address in addresses):
        raise NotAllowed("address_not_public")
    return Target(scheme, host, port, path, addresses[0])


def check(url: str, *, hosts: Collection[str], is_local_allowed: bool = False) -> tuple[str, str, int, str]:
    """Check an address without looking its host up; returns its scheme, host, port and path.

    Raises NotAllowed("bad_url" or "host_not_listed").
    """
    scheme, host, port, path = _parts(url, schemes=("https", "http") if is_local_allowed else ("https",))
    if host not in hosts:
        raise NotAllowed("host_not_listed")
    return scheme, host, port, path


def host_of(url: str) -> str:
    """The host of an address that was checked before, for people; "" of one that has none."""
    return urlsplit(url).hostname or ""


def _parts(url: str, schemes: Collection[str]) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that has one reading only."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        raise NotAllowed("bad_url") from None
    host = split.hostname or ""
    written = host if port is None else f"{host}:{port}"
    path = f"{split.path or '/'}?{split.query}" if split.query else split.path or "/"
    plain = (
        PATH.fullmatch(url)
        and split.scheme in schemes
        and split.netloc == written
        and not split.fragment
        and port != 0
    )
    if not plain or not (HOST.fullmatch(host) or _is_address(host)):
        raise NotAllowed("bad_url")
    return split.scheme, host, port or PORTS[split.scheme], path


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether a network address belongs to the public internet, whatever it is wrapped in."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(parsed)
    if inner is not None:
        return is_public(str(inner))
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


def _carried(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside one of IPv6: mapped, translated, 6to4 or Teredo."""
    if address.version == 4:
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in carrier for carrier in CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the pinned address, speaks to the name, and is cut off when its time is up."""

    def __init__(self, place: Target, seconds: int):
        super().__init__(place.host, place.port, timeout=seconds)
        self.place = place
        self.is_late = False

    def connect(self):
        self.sock = socket.create_connection((self.place.address, self.place.port), self.timeout)
        if self.is_late:
            raise TimeoutError
        if self.place.scheme == "https":
            # The handshake comes after the assignment, so that it too can be cut off.
            self.sock = _certificates().wrap_socket(
                self.sock, server_hostname=self.place.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def cut_off(self):
        """Called by a timer from another thread."""
        self.is_late = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(place: Target, body: bytes, headers: Mapping[str, str], *, seconds: int = TIMEOUT_SECONDS) -> int:
    """Send one POST and return the status of the answer, whatever it is; its text is not read.

    `seconds` is for the whole call, however slowly the other side speaks. Raises CallFailed("timeout",
    "tls", "no_answer" or "unreachable").
    """
    connection = _PinnedConnection(place, seconds)
    timer = threading.Timer(seconds, connection.cut_off)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", place.path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise CallFailed(_reason(error, connection.is_late)) from None
    finally:
        timer.cancel()
        connection.close()


def _reason(error: Exception, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    # RemoteDisconnected is both; what was opened and not answered is not unreachable.
    return "no_answer" if isinstance(error, http.client.HTTPException) else "unreachable"
