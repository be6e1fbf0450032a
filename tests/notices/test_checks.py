"""A channel that cannot work is told before anything starts."""

import pytest

from aftersales.notices.checks import channels_can_send

GOOD = {"url": "https://sms.example.com/send", "secret": "x" * 32}


@pytest.mark.parametrize(
    ("names", "gateway", "found"),
    [
        ([], {}, []),
        (["console", "email"], {}, []),
        (["sms"], {}, []),
        (["email", "pigeon"], {}, ["notices.E001"]),
        (["sms"], {"secret": "x" * 31}, ["notices.E002"]),
        (["sms"], {"url": ""}, ["notices.E003"]),
        (["sms"], {"url": "http://sms.example.com/send"}, ["notices.E003"]),
        (["sms"], {"url": "https://other.example.com/"}, ["notices.E003"]),
        (["sms", "wechat"], {"url": "", "secret": ""}, ["notices.E002", "notices.E003"]),
        (["console"], {"url": "", "secret": ""}, []),
    ],
)
def test_what_is_missing_is_named(settings, names, gateway, found):
    settings.NOTICE_CHANNELS = names
    settings.NOTICE_GATEWAYS = {"sms": GOOD | gateway, "wechat": GOOD}
    settings.NOTICE_HOSTS = ["sms.example.com"]

    assert [error.id for error in channels_can_send()] == found


def test_the_secret_is_not_told(settings):
    settings.NOTICE_CHANNELS = ["sms"]
    settings.NOTICE_GATEWAYS = {"sms": {"url": "https://user:word@x/", "secret": "short-secret"}}

    assert "short-secret" not in str(channels_can_send())
