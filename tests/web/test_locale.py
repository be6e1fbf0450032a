import pytest
from django.urls import reverse

ENGLISH, CHINESE = "en", "zh-hans"


def language_of(response):
    return response.headers["Content-Language"]


@pytest.mark.django_db
def test_a_phone_set_to_english_still_gets_chinese(client):
    response = client.get(reverse("accounts:login"), headers={"accept-language": "en-US,en;q=0.9"})

    assert language_of(response) == CHINESE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "expected"), [("en", ENGLISH), ("zh-hans", CHINESE), ("xx", CHINESE), ("../../etc", CHINESE)]
)
def test_the_cookie_decides_and_nonsense_in_it_is_ignored(client, settings, cookie, expected):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie

    assert language_of(client.get(reverse("accounts:login"))) == expected


@pytest.mark.django_db
def test_the_switch_on_a_page_changes_the_language_of_the_next_one(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    assert language_of(client.get(reverse("accounts:login"))) == ENGLISH


@pytest.mark.django_db
def test_answers_differ_by_cookie(client):
    assert "Cookie" in client.get(reverse("accounts:login")).headers["Vary"]
