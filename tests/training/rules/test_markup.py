"""Text with its few marks: what becomes HTML, and that nothing else does."""

import random
import re
from html.parser import HTMLParser

import pytest

from training.rules.markup import Picture, pictures_missing, plain, render

BOX = Picture("/training/pictures/7/", "Six sides of a box", 800, 600)
LABEL = Picture("/training/pictures/8/", "The label", 640, 480)


def figure(picture):
    return (
        f'<figure><a href="{picture.address}"><img src="{picture.address}" alt="{picture.caption}"'
        f' width="{picture.width}" height="{picture.height}" loading="lazy"></a>'
        f"<figcaption>{picture.caption}</figcaption></figure>"
    )


@pytest.mark.parametrize(
    "text, html",
    [
        ("", ""),
        ("坏果先拍照", "<p>坏果先拍照</p>"),
        ("先拍照\n再称重\n\n登记", "<p>先拍照<br>再称重</p>\n<p>登记</p>"),
        ("## 先看时间\n两小时内", "<h2>先看时间</h2>\n<p>两小时内</p>"),
        ("### 例子", "<h3>例子</h3>"),
        ("# 一个井号", "<p># 一个井号</p>"),
        ("##没有空格", "<p>##没有空格</p>"),
        ("- 一\n- 二", "<ul><li>一</li><li>二</li></ul>"),
        ("1. 一\n2. 二", "<ol><li>一</li><li>二</li></ol>"),
        ("1、一\n2、二", "<ol><li>一</li><li>二</li></ol>"),
        ("3. 三\n4. 四", '<ol start="3"><li>三</li><li>四</li></ol>'),
        ("- 一\n  接着说\n- 二", "<ul><li>一<br>接着说</li><li>二</li></ul>"),
        ("- 一\n不缩进", "<ul><li>一</li></ul>\n<p>不缩进</p>"),
        ("**当天来**登记", "<p><strong>当天来</strong>登记</p>"),
        ("**没关上", "<p>**没关上</p>"),
        (
            "见[手册](/handbook/?goods=fresh_fruit)",
            '<p>见<a href="/handbook/?goods=fresh_fruit">手册</a></p>',
        ),
        ("**见[手册](/handbook/)吧**", '<p><strong>见<a href="/handbook/">手册</a>吧</strong></p>'),
        ("12.5公斤坏了", "<p>12.5公斤坏了</p>"),
    ],
)
def test_marks_become_html(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/a b",
        '/"onmouseover=alert(1)',
        "/'x",
        "evil.html",
        "/\tevil",
    ],
)
def test_a_link_that_leads_away_stays_text(address):
    assert "<a" not in render(f"[hier]({address})")


def test_pictures_stand_where_they_are_named_and_the_rest_at_the_end():
    text = "先拍\n![2]\n再称\n![9]"

    assert render(text, [BOX, LABEL]) == f"<p>先拍</p>\n{figure(LABEL)}\n<p>再称</p>\n{figure(BOX)}"


def test_two_pictures_on_one_line_stand_in_its_order():
    assert render("![2] ![1]", [BOX, LABEL]) == f"{figure(LABEL)}\n{figure(BOX)}"


def test_a_picture_within_a_line_stays_text():
    assert render("如图![1]所示") == "<p>如图![1]所示</p>"


def test_a_caption_is_escaped():
    picture = Picture('/p/?a=1&b="', '"><script>', 1, 1)

    assert render("", [picture]) == (
        '<figure><a href="/p/?a=1&amp;b=&quot;"><img src="/p/?a=1&amp;b=&quot;"'
        ' alt="&quot;&gt;&lt;script&gt;" width="1" height="1" loading="lazy"></a>'
        "<figcaption>&quot;&gt;&lt;script&gt;</figcaption></figure>"
    )


def test_numbers_without_a_picture_are_told():
    assert pictures_missing("![1]\n![3]\n![0]\n如图![7]", 2) == [0, 3]
    assert pictures_missing("![1]\n![2]", 2) == []


def test_plain_leaves_the_words():
    text = "## 先看时间\n\n**当天**来，见[手册](/handbook/?q=a&b=c)\n![1]\n- a<b & c\n1. 二"

    assert plain(text) == "先看时间\n当天来，见手册\na<b & c\n二"


class Reader(HTMLParser):
    """Collects tags with their attributes, and complains of a tag closed out of turn."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.faults = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add((tag, *(name for name, _ in attrs)))
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_comment(self, data):
        self.faults.append(data)


ALLOWED = {
    ("p",),
    ("h2",),
    ("h3",),
    ("ul",),
    ("ol",),
    ("ol", "start"),
    ("li",),
    ("br",),
    ("strong",),
    ("a", "href"),
    ("figure",),
    ("figcaption",),
    ("img", "src", "alt", "width", "height", "loading"),
}
PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "**", "*", "[", "]", "](/", "](//x)",
    "(/a)", "[x](/a)", "![1]", "![2]", "![999]", "\n", "\n\n", "- ", "1. ", "## ", "### ", "  ", "\t",
    "&lt;", "&", '"', "'", "<!--", "-->",
    "坏果", "x", "\r\n", "\u2028", "](javascript:x)", "<b>", "</p>",
]  # fmt: skip


def test_no_mixture_of_marks_leaves_the_allowed_tags():
    pieces = random.Random(20261122)
    for _ in range(3000):
        text = "".join(pieces.choices(PIECES, k=pieces.randrange(1, 25)))
        reader = Reader()
        reader.feed(render(text, [BOX, LABEL]))
        reader.close()

        assert reader.tags <= ALLOWED, text
        assert (reader.open, reader.faults) == ([], []), text
        addresses = re.findall(r'(?:href|src)="([^"]*)"', render(text, [BOX, LABEL]))
        assert all(re.match(r"/(?!/)", address) for address in addresses), text


def test_a_long_hostile_text_is_read_in_one_go():
    assert render("[" * 20_000) == f"<p>{'[' * 20_000}</p>"
    assert plain("**" * 10_000) == "**" * 10_000
