"""Nothing that can be typed ends in a server error, and nothing comes back as markup."""

import random
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.rights.examples import PARAMETERS, Nowhere, addresses, facts
from tests.rights.matrix import Matrix
from tests.rights.page_forms import fillable_forms
from tests.rights.queries import FILTERS, KEYS
from tests.rights.routes import model_page
from tests.rights.visitors import Visit, Visitor, told
from tests.rights.world import World

pytestmark = pytest.mark.walk("postgres")

SCRIPT, IMAGE = "<script>zq1()</script>", '"><img src=x onerror=zq2()>'
MARKUP = [
    SCRIPT,
    IMAGE,
    "'><svg/onload=zq3()>",
    "</textarea><script>zq1()</script>",
    "<b>zq4</b>",
    "{{77777*77777}}",
    "${77777*77777}",
    "{% debug %}",
    "#{77777*77777}",
    "javascript:zq5()",
    "<!--zq6-->",
    "\\u003cscript\\u003ezq1()",
]
NUMBERS = [
    "1e309",
    "-1e309",
    "NaN",
    "Infinity",
    "-0",
    "9" * 30,
    "9223372036854775808",
    "-9223372036854775809",
    "2147483648",
    "0.005",
    "-0.001",
    "1,000",
    "１２３",
    "²",
    "Ⅻ",
    "٣",
    "0x10",
    "1_000",
    " 7 ",
    "+7",
    "1e3",
    "--1",
    "1/3",
    "½",
    "true",
    "null",
    "[]",
    "{}",
]
TEXTS = [
    "",
    " ",
    "\t",
    "\r\n",
    "\x00",
    "a\x00b",
    "\x01\x02\x1b[2J",
    "\x7f\x85\x9f",
    "\u2028\u2029",
    "\u202etxt.exe",
    "\u200b\u200d\ufeff",
    "\ud800",
    "\udfff",
    "\ufffe\uffff",
    "\U0010ffff",
    "e\u0301" * 60,
    "龘" * 2000,
    "x" * 10_000,
    "👩‍👩‍👧‍👦" * 40,
    "' OR '1'='1",
    "'; DROP TABLE claims_claim; --",
    '" UNION SELECT password FROM accounts_user --',
    "%' AND 1=0 --",
    "\\",
    "%",
    "%s%s%n",
    "%(name)s",
    "../../../../etc/passwd",
    "..\\..\\windows",
    "file:///etc/passwd",
    "=1+1",
    "@SUM(A1)",
    "＝cmd",
    "+1-1|cmd",
    "__class__",
    "station__county_code",
    "-id",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2026-11-20T25:61",
    "SH261120AAAAAAA?",
    "520123",
    "52012300000０",
]
HOSTILE = [*MARKUP, *NUMBERS, *TEXTS]
# What is refused for its address alone, before a page is asked.
NUL = "\x00"
# The same markup with its brackets undone is harmless; these would run or would have been worked out.
RAW = (SCRIPT, "<img src=x onerror", "<svg/onload", "<b>zq4</b>", "<!--zq6-->", "6049261729")
ROUNDS = 10
NAMES = (
    *KEYS,
    *FILTERS,
    "q",
    "month",
    "status",
    "cursor",
    "o",
    "p",
    "format",
    "choice",
    "next",
    "since",
    "until",
)


def dice(name: str) -> random.Random:
    """Chance that falls the same way every time for one address."""
    return random.Random(f"aftersales {name}")


def broken(visit: Visit, question: str) -> Iterator[str]:
    answer = visit.answer
    if answer.status >= 500:
        yield f"{question}: {answer.status} {answer.fault}"
    if answer.kind == "text/html" and (raw := [each for each in RAW if each in answer.page]):
        yield f"{question} comes back as {raw}"
    if any("\n" in value or "\r" in value for value in answer.headers.values()):
        yield f"{question} breaks a header"


def typed(value: str) -> str:
    """What a browser can send: a lone surrogate arrives as three percent-encoded bytes."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def fields(visitor: Visitor, world: World) -> Iterator[str]:
    """Every form, now with one hostile value among good ones, now with nothing else."""
    for route, url, form in fillable_forms(visitor, world, Matrix()):
        chance = dice(route.name)
        names = [name for name, each in form.fields.items() if each.kind != "file"]
        for number in range(ROUNDS):
            chosen = names if number % 2 else [chance.choice(names)] if names else []
            values = {name: typed(chance.choice(HOSTILE)) for name in chosen}
            visit = visitor.ask("POST", url, form.filled(**values))
            yield from broken(visit, f"POST {route.name} {values}"[:500])


def parameters(visitor: Visitor, world: World) -> Iterator[str]:
    """Every page that answers, with hostile values behind names that it might read."""
    matrix = Matrix()
    for route, url in addresses(world):
        about = model_page(route)
        if "ok" not in matrix.expected(route, "GET", visitor.role) or (about and about[1] != "changelist"):
            continue
        chance = dice(route.name)
        for number in range(ROUNDS):
            # All names at once reach far; one name at a time is not hidden behind another one's refusal.
            names = NAMES if number % 2 else chance.sample(NAMES, 1)
            values = {name: chance.choice(HOSTILE).replace(NUL, "") for name in names}
            query = "&".join(
                f"{name}={quote(value, errors='surrogatepass')}" for name, value in values.items()
            )
            yield from broken(visitor.ask("GET", f"{url}?{query}"), f"GET {route.name} {values}"[:500])


def paths(visitor: Visitor, world: World) -> Iterator[str]:
    """Every address with a word in it, with a hostile word."""
    nowhere = {name: str(value) for name, value in facts(Nowhere()).items()}
    for route, url in addresses(world):
        if "GET" in route.name or not route.parameters:
            continue
        sources = PARAMETERS.get(route.name, {"object_id": "claim_pk"}).values()
        own = facts(world.places["ours"])
        words = [str(own.get(source, nowhere.get(source, source))) for source in sources]
        for value in dice(route.name).sample(HOSTILE, ROUNDS):
            word = next((each for each in words if each in url), None)
            if word is None or not value:
                continue
            address = url.replace(word, quote(value, safe="", errors="surrogatepass"), 1)
            for method in ("GET", "POST"):
                yield from broken(visitor.ask(method, address), f"{method} {route.name} with {value!r}"[:300])


@pytest.mark.parametrize("role", ["agent", "manager"])
@pytest.mark.parametrize("way", [fields, parameters, paths])
def test_hostile_values_break_nothing(role, way, world, visitors):
    assert not (wrong := list(way(visitors[role], world))), told(wrong)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_break_no_public_page(value, visitors):
    stranger, text = visitors["anonymous"], typed(value)
    query = quote(value, errors="surrogatepass")

    visits = [
        stranger.ask("GET", f"/track/?number={query}"),
        stranger.ask("GET", f"/rules/?county={query}"),
        stranger.ask("GET", f"/account/sign-in/?next={query}"),
        stranger.ask("POST", "/track/", {"number": text, "last_four": text}),
        stranger.ask("POST", "/account/sign-in/", {"username": text, "password": text}),
        stranger.ask("POST", "/i18n/setlang/", {"language": text, "next": text}),
    ]

    assert [sentence for visit in visits for sentence in broken(visit, "")] == []


def test_stored_markup_is_shown_as_text(world, visitors):
    """What somebody typed into every free text of a claim is read back by those who see it."""
    place = world.places["ours"]
    claim = place.claims["refused"]
    type(claim)._base_manager.filter(pk=claim.pk).update(
        description=SCRIPT,
        rejection_text=IMAGE,
        reply_progress=SCRIPT,
        reply_method=IMAGE,
        batch="<b>zq4</b>",
    )
    line = claim.order_line
    type(line)._base_manager.filter(pk=line.pk).update(product=SCRIPT, sku=IMAGE)
    type(world.cast.agent).objects.filter(pk=world.cast.agent.pk).update(full_name=SCRIPT)

    pages = [
        visitors["agent"].get(f"/claims/{claim.number}/"),
        visitors["agent"].get("/claims/?status=any"),
        visitors["agent"].get("/account/me/"),
        visitors["manager"].get(f"/admin/claims/claim/{claim.pk}/change/"),
        visitors["manager"].get("/admin/claims/claim/?status=all"),
        visitors["manager"].get("/admin/accounts/user/"),
    ]

    assert [page.status for page in pages] == [200] * len(pages)
    assert all("&lt;script&gt;zq1()" in page.page for page in pages)
    assert [page.shows(RAW) for page in pages] == [[]] * len(pages)


def test_a_raw_echo_and_a_fault_are_noticed():
    from tests.rights.answers import Answer

    echo = Answer(200, {"content-type": "text/html"}, SCRIPT.encode())
    fault = Answer(500, {"content-type": "text/plain", "x": "a\nb"}, b"", "ValueError")

    assert [*broken(Visit(echo, frozenset()), "q"), *broken(Visit(fault, frozenset()), "q")] == [
        f"q comes back as ['{SCRIPT}']",
        "q: 500 ValueError",
        "q breaks a header",
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_the_address_is_a_key_or_nothing(number, visitors):
    """Names that stand for a key, one at a time: nothing else can answer in their place."""
    asked = [
        ("/dashboards/station/", "station"),
        ("/reports/county-month/", "month"),
        ("/reports/county-month/", "county"),
        ("/admin/stations/grant/add/", "user"),
        ("/admin/claims/claim/", "handler"),
        ("/admin/claims/claim/", "p"),
        ("/admin/claims/claim/", "o"),
        ("/admin/audit/auditevent/", "actor"),
        ("/admin/audit/auditevent/", "about"),
        ("/stations/", "township"),
    ]

    visits = [visitors["manager"].ask("GET", f"{url}?{name}={quote(number)}") for url, name in asked]

    assert [sentence for visit in visits for sentence in broken(visit, "")] == []
