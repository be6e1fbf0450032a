"""The server calls only whom it should."""

import socket
import threading
from contextlib import closing, suppress

import pytest

from aftersales.web import egress
from tests.receiver import Receiver, receiving

HOSTS = ("sms.example.com",)
PUBLIC = "93.184.215.14"


@pytest.fixture
def names(monkeypatch):
    """What names resolve to, in turn; everything else is asked of the system."""
    answers: dict[str, list[list[str]]] = {}
    system = socket.getaddrinfo

    def lookup(host, port, *arguments, **options):
        if host not in answers:
            return system(host, port, *arguments, **options)
        found = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return answers


@pytest.fixture
def canary():
    """The port of a listener on every loopback address, and the connections it got."""
    with closing(socket.socket(socket.AF_INET6)) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::", 0))
        listener.listen()
        listener.settimeout(0)
        yield listener


def was_called(listener) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


LOOPBACK = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "0177.1",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "127。0。0。1",
    "ｌｏｃａｌｈｏｓｔ",
    "user@127.0.0.1",
    "sms.example.com@127.0.0.1",
    "127.0.0.1%00.sms.example.com",
    "127.0.0.1#@sms.example.com",
    "127.0.0.1\\@sms.example.com",
    "sms.example.com:443@127.0.0.1",
    "127.0.0.1\t",
    "127.0.0.1%2f@sms.example.com",
)


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("spelling", LOOPBACK)
def test_no_spelling_of_loopback_is_called(canary, spelling, scheme):
    port = canary.getsockname()[1]
    url = f"{scheme}://{spelling}:{port}/"
    # Even where somebody has put the spelling itself on the list.
    listed = (*HOSTS, spelling, spelling.strip("[]"), spelling.strip("[]").lower())

    with pytest.raises(egress.CallFailed):
        egress.post(egress.target(url, hosts=listed), b"", {})

    assert not was_called(canary)


def test_the_canary_hears_a_call(canary):
    url = f"http://127.0.0.1:{canary.getsockname()[1]}/"
    place = egress.target(url, hosts=["127.0.0.1"], is_local_allowed=True)

    with pytest.raises(egress.CallFailed):
        egress.post(place, b"", {}, seconds=1)

    assert was_called(canary)


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"),
        *("192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.0.0.0", "127.0.0.53"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::1", "::10.0.0.1"),
        *("2001:0:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "64:ff9b:1::1", "not an address", ""),
    ],
)
def test_address_that_is_not_public(address):
    assert not egress.is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_address_that_is_public(address):
    assert egress.is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://other.example.com/", "host_not_listed"),
        ("https://sms.example.com.evil.example/", "host_not_listed"),
        ("https://evil.example/sms.example.com", "host_not_listed"),
        ("http://sms.example.com/", "bad_url"),
        ("ftp://sms.example.com/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("//sms.example.com/", "bad_url"),
        ("https://sms.example.com:0/", "bad_url"),
        ("https://sms.example.com:99999/", "bad_url"),
        ("https://sms.example.com:/", "bad_url"),
        ("https://sms.example.com/#part", "bad_url"),
        ("https://sms.example.com/a b", "bad_url"),
        ("https://sms.example.com/\r\nHost: evil", "bad_url"),
        ("https://user:word@sms.example.com/", "bad_url"),
        ("https://sms.example.com./", "bad_url"),
        ("https://-sms.example.com/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_address_with_a_second_reading_or_a_strange_host(url, code):
    with pytest.raises(egress.NotAllowed) as refused:
        egress.target(url, hosts=HOSTS)

    assert refused.value.code == code


def test_a_listed_public_host_is_pinned(names):
    names["sms.example.com"] = [[PUBLIC, "8.8.8.8"]]

    assert egress.target("https://sms.example.com/send?to=all", hosts=HOSTS) == egress.Target(
        "https", "sms.example.com", 443, "/send?to=all", PUBLIC
    )


@pytest.mark.parametrize("addresses", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], [PUBLIC, "127.0.0.1"]])
def test_a_listed_host_that_leads_inside_is_refused(names, addresses):
    names["sms.example.com"] = [addresses]

    with pytest.raises(egress.NotAllowed) as refused:
        egress.target("https://sms.example.com/", hosts=HOSTS)
    assert refused.value.code == "address_not_public"


def test_a_name_that_changes_its_address_is_called_where_it_was_checked(names, monkeypatch):
    names["sms.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    called = []

    def connect(address, *arguments):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    place = egress.target("https://sms.example.com/", hosts=HOSTS)

    for _again in range(2):
        with pytest.raises(egress.CallFailed) as failed:
            egress.post(place, b"", {})
        assert failed.value.code == "unreachable"
    assert called == [(PUBLIC, 443)] * 2


def test_unknown_name(monkeypatch):
    def lookup(*arguments, **options):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    with pytest.raises(egress.CallFailed) as failed:
        egress.target("https://sms.example.com/", hosts=HOSTS)
    assert failed.value.code == "unknown_host"


def local(receiver) -> egress.Target:
    return egress.target(receiver.url, hosts=["127.0.0.1"], is_local_allowed=True)


def test_what_is_sent_arrives_and_the_status_comes_back():
    with receiving(Receiver(answer=lambda call: 202)) as receiver:
        status = egress.post(local(receiver), b"{}", {"Aftersales-Id": "1"})

    assert status == 202
    assert [(call.path, call.body, call.headers["Host"]) for call in receiver.calls] == [
        ("/sms?from=aftersales", b"{}", f"127.0.0.1:{receiver.port}")
    ]


def test_redirects_are_not_followed():
    with receiving(Receiver()) as inside:
        outside = Receiver(answer=lambda call: 302, location=inside.url)
        with receiving(outside):
            assert egress.post(local(outside), b"", {}) == 302

    assert (len(outside.calls), inside.calls) == (1, [])


def test_who_does_not_answer_is_left_after_the_limit():
    receiver = Receiver(answer=lambda call: receiver.release.wait(20) and 200)
    with receiving(receiver), pytest.raises(egress.CallFailed) as failed:
        egress.post(local(receiver), b"", {}, seconds=1)

    assert failed.value.code == "timeout"


def test_who_answers_letter_by_letter_is_left_after_the_limit():
    """Each letter comes in time; all of them together do not."""
    stopped = threading.Event()

    def drip(listener):
        line, _address = listener.accept()
        with closing(line), suppress(OSError):
            while not stopped.wait(0.1):
                line.sendall(b"H")

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = threading.Thread(target=drip, args=(listener,), daemon=True)
        server.start()
        place = egress.Target("http", "127.0.0.1", listener.getsockname()[1], "/", "127.0.0.1")
        with pytest.raises(egress.CallFailed) as failed:
            egress.post(place, b"", {}, seconds=1)
        stopped.set()
        server.join(5)

    assert failed.value.code == "timeout"


def test_who_hangs_up_or_is_not_there():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        place = egress.Target("http", "127.0.0.1", listener.getsockname()[1], "/", "127.0.0.1")

        def hang_up():
            line, _address = listener.accept()
            line.recv(1000)
            line.close()

        server = threading.Thread(target=hang_up, daemon=True)
        server.start()
        with pytest.raises(egress.CallFailed) as hung_up:
            egress.post(place, b"", {})
        server.join(5)
    with pytest.raises(egress.CallFailed) as gone:
        egress.post(place, b"", {})

    assert (hung_up.value.code, gone.value.code) == ("no_answer", "unreachable")


def test_plain_text_is_no_certificate():
    with receiving(Receiver()) as receiver, pytest.raises(egress.CallFailed) as failed:
        egress.post(egress.Target("https", "127.0.0.1", receiver.port, "/", "127.0.0.1"), b"", {})

    assert (failed.value.code, receiver.calls) == ("tls", [])
