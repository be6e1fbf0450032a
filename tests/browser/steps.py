"""What people do in a browser, one step a function; with script and without."""

from tests.factories import PASSWORD


class Finger:
    """Taps, and counts them."""

    def __init__(self, page):
        self.page = page
        self.taps = 0

    def tap(self, target):
        self.page.locator(target).first.tap()
        self.taps += 1


def sign_in(page, username="agent", *, password=PASSWORD):
    """Sign in and arrive at the person's own start page."""
    page.goto("/account/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.locator("main button.btn.main").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def open_form(page, line):
    """From the start page by the big button to the form about this order."""
    page.locator("a.btn.big").tap()
    page.locator(f"a[href='/claims/new/{line.pk}/']").tap()
    page.wait_for_url(f"**/claims/new/{line.pk}/")


def add_photos(page, paths, *, script):
    """Choose photos; with script they are sent at once and come back as small ones."""
    page.set_input_files("#id_gallery", paths)
    if script:
        page.wait_for_selector(f"[data-part=photos] li:nth-child({len(paths)}) img")


def file_rotten(finger, bad, *, script, estimate, before_sending=None):
    """Say what is wrong and how much, and send; ends at the choice. Returns the claim's number."""
    page = finger.page
    finger.tap("label:has(input[value=rotten])")
    finger.tap("#id_bad_milli")
    page.keyboard.type(bad)
    finger.tap("label:has(input[value=spoken])")
    if script:
        page.wait_for_selector("[data-part=estimate] b")
        assert page.inner_text("[data-part=estimate] b") == estimate
    if before_sending:
        before_sending()
    finger.tap("button.main[name=send]")
    page.wait_for_url("**/choice/")
    return page.url.rstrip("/").split("/")[-2]


def choose_cash(finger, worth):
    """Record that the villager takes the money in cash; ends at the outcome."""
    page = finger.page
    finger.tap("a[href='?choice=refund-cash']")
    page.wait_for_url("**choice=refund-cash")
    assert page.inner_text(".worth b") == worth
    finger.tap("form button.main")
    page.wait_for_url("**/choice/")
