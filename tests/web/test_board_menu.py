"""The frame of boards: one line of menu, and nothing in it twice on a page."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db(databases=["default", "reports"])


@pytest.mark.parametrize("role", ["manager", "supervisor"])
def test_who_may_see_supervision_finds_it_in_the_menu(cast, as_user, role):
    text = as_user(role).get(reverse("supervision:check_list")).content.decode()

    menu = text.partition('<nav class="menu"')[2].partition("</nav>")[0]

    assert f'href="{reverse("supervision:check_list")}" aria-current="page"' in menu


def test_the_language_is_changed_at_the_foot_of_a_board_and_nowhere_else(cast, as_user):
    text = as_user("manager").get(reverse("supervision:check_list")).content.decode()

    head, _main, foot = text.partition("</main>")

    assert head.count(reverse("set_language")) == 0
    assert foot.count(reverse("set_language")) == 1
