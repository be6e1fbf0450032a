"""Debian's Chromium, started the same way for journeys and for pictures."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

ARGUMENTS = (
    "--no-sandbox",  # it refuses to run as root otherwise, and only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 900}}
CHINESE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


class NoBrowser(Exception):
    """No browser can be driven here; the message says why."""


def chromium() -> str:
    """Return the path of Chromium. Raises NoBrowser with a sentence when it or its driver is missing."""
    if find_spec("playwright") is None:
        raise NoBrowser("the Python package playwright is not installed (requirements/e2e.txt)")
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowser("Chromium is not installed; on Debian, as root: apt-get install chromium")
    return path


def chinese_font(folder: Path) -> str:
    """Write a font configuration that adds a Chinese font to the system's own; return its path.

    Without a Chinese font every character is drawn as a box.
    """
    from pylopdf_fonts_zh_cn import sans_path

    configuration = folder / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{Path(sans_path()).parent}</dir><cachedir>{folder / 'cache'}</cachedir>"
        "</fontconfig>\n"
    )
    return str(configuration)


def launch(playwright, folder: Path):
    """Start Chromium with a Chinese font; `folder` holds the configuration for as long as it runs."""
    return playwright.chromium.launch(
        executable_path=chromium(),
        args=list(ARGUMENTS),
        env={**os.environ, "FONTCONFIG_FILE": chinese_font(folder)},
    )
