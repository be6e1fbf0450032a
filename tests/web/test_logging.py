import json
import logging

import pytest

from aftersales.web.logging import JsonFormatter, request_id


def formatted(message, *arguments, error=None, **extra):
    record = logging.LogRecord(
        "aftersales.test",
        logging.INFO,
        "file.py",
        1,
        message,
        arguments,
        error and (type(error), error, error.__traceback__),
    )
    for name, value in extra.items():
        setattr(record, name, value)
    return JsonFormatter().format(record)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\x1b[31m", "\x85", "\u2028", "\u202e", "\x00"])
def test_a_hostile_text_stays_on_its_line_and_can_be_read_back(ending):
    line = formatted("path %s", f"/a{ending}b")

    assert line.isprintable()
    assert json.loads(line)["message"] == f"path /a{ending}b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13812345678 now", "call # now"),
        ("id 520123199001011234", "id #"),
        ("/claims/42/ took 123456 us", "/claims/42/ took 123456 us"),
        ("mail a.b@example.org", "mail @"),
        ("GET /track/?phone=1234&name=杨 HTTP/1.1", "GET /track/?… HTTP/1.1"),
    ],
)
def test_numbers_that_identify_mail_and_queries_are_left_out(text, shown):
    assert json.loads(formatted(text))["message"] == shown


def test_an_exception_gives_its_type_and_frames_but_not_its_text():
    try:
        raise ValueError("Key (phone)=(13812345678) already exists")
    except ValueError as caught:
        line = formatted("failed", error=caught)

    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert [frame.split()[-1] for frame in told["frames"]] == [
        "test_an_exception_gives_its_type_and_frames_but_not_its_text"
    ]
    assert "Key" not in line


def test_only_listed_extras_and_the_request_number_are_written():
    token = request_id.set("abc12345")
    try:
        line = formatted("request", status=200, villager="杨昌荣")
    finally:
        request_id.reset(token)

    told = json.loads(line)
    assert (told["status"], told["request_id"]) == (200, "abc12345")
    assert "villager" not in told
