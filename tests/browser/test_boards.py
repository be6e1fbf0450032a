"""Boards in a browser: a part that is fetched anew by itself, with and without a connection, and a wall."""

import pytest

from tests.browser.steps import sign_in
from tests.cast import make_cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

BOARD = "/dashboards/county/520123000000/"
WALL = "/dashboards/wall/520123000000/"


@pytest.fixture
def board(transactional_db, desk):
    """The board of a county, opened by its manager on a clock that the test turns."""
    make_cast()
    sign_in(desk, "manager")
    desk.clock.install()
    desk.goto(BOARD)
    return desk


def test_the_part_that_changes_is_fetched_by_itself(board):
    board.eval_on_selector("#now .hint", "said => { said.textContent = 'old' }")

    with board.expect_response(f"**{BOARD}now/") as answer:
        board.clock.fast_forward(61_000)

    board.wait_for_function("() => document.querySelector('#now .hint').textContent !== 'old'")
    assert answer.value.request.headers["x-unattended"] == "1"


def test_on_a_wall_the_pages_turn_and_nothing_else_opens(board):
    board.goto(WALL)
    with board.expect_response("**?page=2"):
        board.clock.fast_forward(21_000)
    board.wait_for_selector("#wall[data-refresh='?page=3']")

    board.click("#wall footer button")
    board.wait_for_load_state()
    assert board.locator("#wall footer button").count() == 0

    board.goto(BOARD)
    assert "/account/sign-in/" in board.url
