"""The documents lead somewhere: every link to a file of ours finds it, every picture is shown and small."""

import re
from pathlib import Path

from aftersales.ops.schedules import SCHEDULES

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "screenshots"
LINK = re.compile(r'\]\(([^)\s]+)\)|<img src="([^"]+)"')
LARGEST_PICTURE, ALL_PICTURES = 120 * 1024, 1200 * 1024


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "demo" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links_of(text: str) -> list[str]:
    """Links to files, without the place inside them."""
    found = [first or second for first, second in LINK.findall(text)]
    return [link.split("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


def dead_links(folder: Path, text: str) -> list[str]:
    return [link for link in links_of(text) if not (folder / link).exists()]


def test_a_dead_link_is_found():
    text = '[a](README.md#x) [b](no.md) [c](https://example.org) [d](#here) <img src="no.png" alt="">'

    assert dead_links(ROOT, text) == ["no.md", "no.png"]


def test_links_lead_to_files():
    dead = {path.name: dead_links(path.parent, path.read_text(encoding="utf-8")) for path in documents()}

    assert {name: links for name, links in dead.items() if links} == {}


def test_every_picture_is_in_the_tour_and_small():
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    shown = links_of((ROOT / "docs" / "tour.md").read_text(encoding="utf-8"))

    assert sorted(f"screenshots/{name}" for name in sizes) == sorted(shown)
    assert {name: size for name, size in sizes.items() if size > LARGEST_PICTURE} == {}
    assert sum(sizes.values()) <= ALL_PICTURES


def test_operations_names_every_recurring_task():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split("## Background work")[1].split("What a task can rely on")[0]

    assert sorted(re.findall(r"`([a-z_]+)`", table.split("|---|---|---|")[1])) == sorted(
        plan.name for plan in SCHEDULES
    )
