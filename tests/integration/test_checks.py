import pytest

from aftersales.integration.checks import hosts_can_be_called


@pytest.mark.parametrize(
    ("host", "is_fine"),
    [
        ("hooks.example.com", True),
        ("127.0.0.1", True),
        ("https://hooks.example.com", False),
        ("hooks.example.com/path", False),
        ("hooks.example.com:8443", False),
        ("*.example.com", False),
        ("Hooks.example.com", False),
        ("", False),
    ],
)
def test_only_bare_names_of_hosts_are_listed(settings, host, is_fine):
    settings.WEBHOOK_HOSTS = [host]

    assert [each.id for each in hosts_can_be_called(None)] == ([] if is_fine else ["integration.E001"])
