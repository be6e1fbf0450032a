"""Pictures on disk: complete or absent, swept when nobody names them, and sent out harmless."""

import errno
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import Http404
from PIL import Image

from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from aftersales.web.picture_store import NoSuchPicture, path_of, remove, serve_picture, store, sweep
from aftersales.web.pictures import rebuild
from tests.web.hostile_pictures import encoded, scene

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
UNKNOWN = "0" * 32
NOT_OURS = [
    "",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "0" * 31,
    "0" * 33,
    "0" * 32 + "\n",
    "0" * 32 + "-small",
    "A" * 32,
    "０" * 32,
    "0" * 31 + "\0",
    "0" * 32 + ".jpg",
]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ACCEL_PREFIX = ""
    return settings.MEDIA_ROOT


@pytest.fixture
def picture(media):
    return rebuild(encoded(scene((800, 600)), "JPEG"), now=NOW)


def files(media):
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


def aged(path, *, hours):
    moment = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (moment, moment))


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_picture_and_its_thumbnail_lie_under_a_random_name(media, picture):
    name, again = store(picture), store(picture)

    assert name != again
    assert files(media) == sorted(
        f"pictures/{n[:2]}/{n[2:4]}/{n}{ending}" for n in (name, again) for ending in (".jpg", "-small.jpg")
    )
    assert path_of(name).read_bytes() == picture.jpeg
    assert Image.open(path_of(name, small=True)).size == (320, 240)


def test_strangers_on_the_machine_cannot_read_them(media, picture):
    store(picture)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in media.rglob("*") if path.is_file()}
    assert [oct(mode) for mode in modes if mode & 0o007] == []


@pytest.mark.parametrize("name", [UNKNOWN, *NOT_OURS])
def test_a_name_that_is_not_stored_has_no_path(media, name):
    with pytest.raises(NoSuchPicture):
        path_of(name)


def test_a_link_is_not_followed(media, picture, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    name = store(picture)
    path = path_of(name)
    path.unlink()
    path.symlink_to(secret)

    with pytest.raises(NoSuchPicture):
        path_of(name)


def test_removing_takes_both_files_and_can_be_repeated(media, picture):
    name, kept = store(picture), store(picture)

    remove(name)
    remove(name)

    assert files(media) == sorted(
        f"pictures/{kept[:2]}/{kept[2:4]}/{kept}{end}" for end in (".jpg", "-small.jpg")
    )


@pytest.mark.parametrize("name", NOT_OURS)
def test_removing_a_foreign_name_is_refused(media, name):
    with pytest.raises(NoSuchPicture):
        remove(name)


@pytest.mark.parametrize("failing", ["fsync", "second fsync", "rename"])
def test_a_full_disk_is_a_refusal_and_leaves_nothing(media, picture, monkeypatch, failing):
    calls = []
    original = {"fsync": os.fsync, "rename": Path.rename}

    def full(*args):
        calls.append(args)
        # The first file is synced by one call of its own and three for its folders.
        if failing == "second fsync" and len(calls) < 5:
            return original["fsync"](*args)
        raise OSError(errno.ENOSPC, "No space left on device")

    target = (picture_store.Path, "rename") if failing == "rename" else (os, "fsync")
    monkeypatch.setattr(*target, full)
    with pytest.raises(Refused) as refusal:
        store(picture)
    monkeypatch.undo()

    assert refusal.value.code == "storage_unavailable"
    assert files(media) == []


def test_sweeping_removes_old_strays_alone(media, picture):
    known, stray, fresh = store(picture), store(picture), store(picture)
    for name in (known, stray):
        for small in (False, True):
            aged(path_of(name, small=small), hours=25)
    for small in (False, True):
        aged(path_of(fresh, small=small), hours=23)

    removed = sweep({known}, now=NOW)

    assert removed == 2
    assert [path_of(name).is_file() for name in (known, fresh)] == [True, True]
    with pytest.raises(NoSuchPicture):
        path_of(stray)
    assert sweep({known}, now=NOW) == 0


def test_the_age_of_a_stray_is_a_parameter(media, picture):
    name = store(picture)
    aged(path_of(name), hours=2)
    aged(path_of(name, small=True), hours=2)

    assert sweep(set(), timedelta(hours=3), now=NOW) == 0
    assert sweep(set(), timedelta(hours=1), now=NOW) == 2


def test_sweeping_empties_the_quarantine_even_of_known_names(media, picture):
    name = store(picture)
    left = media / "quarantine" / f"{name}.jpg"
    left.write_bytes(b"half")
    aged(left, hours=25)

    assert sweep({name}, now=NOW) == 1
    assert path_of(name).read_bytes() == picture.jpeg


def test_sweeping_leaves_foreign_files_alone(media, picture):
    store(picture)
    foreign = media / "pictures" / "ab" / "cd" / "holiday.jpg"
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"x")
    aged(foreign, hours=1000)

    sweep(set(), now=NOW)

    assert foreign.exists()


def test_sweeping_an_empty_store_is_nothing(media):
    assert sweep(set(), now=NOW) == 0


STORE_FOREVER = """
import sys
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1], USE_I18N=False)
from aftersales.web.picture_store import store
from aftersales.web.pictures import rebuild
picture = rebuild(sys.stdin.buffer.read())
while True:
    print(store(picture), flush=True)
"""


def test_a_killed_process_leaves_no_name_without_its_files(media, picture):
    promised = []
    for wanted in (1, 2, 5, 9):
        process = subprocess.Popen(
            [sys.executable, "-c", STORE_FOREVER, str(media)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=False,
        )
        process.stdin.write(encoded(scene(), "JPEG"))
        process.stdin.close()
        promised += [process.stdout.readline().decode().strip() for _ in range(wanted)]
        process.send_signal(signal.SIGKILL)
        # What was printed before the signal arrived was promised too; a name cut off was not.
        promised += [line[:-1].decode() for line in process.stdout.readlines() if line.endswith(b"\n")]
        process.stdout.close()
        process.wait()

    sizes = {(Image.open(path_of(n)).size, Image.open(path_of(n, small=True)).size) for n in promised}
    assert len(promised) >= 17
    assert sizes == {((320, 240), (320, 240))}

    sweep(set(promised), timedelta(0), now=datetime.now(UTC) + timedelta(hours=1))

    assert files(media) == sorted(
        f"pictures/{n[:2]}/{n[2:4]}/{n}{ending}" for n in promised for ending in (".jpg", "-small.jpg")
    )


def test_the_answer_is_a_jpeg_that_does_nothing_else(media, picture, rf):
    name = store(picture)

    response = serve_picture(rf.get("/p/"), name)

    assert response.status_code == 200
    assert body(response) == picture.jpeg
    assert dict(response.items()) == {
        "Content-Type": "image/jpeg",
        "Content-Length": str(len(picture.jpeg)),
        "Content-Disposition": f'inline; filename="photo-{name[:8]}.jpg"',
        "ETag": f'"{name}"',
        "Cache-Control": "private, max-age=86400, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }


def test_the_thumbnail_has_an_address_tag_of_its_own(media, picture, rf):
    name = store(picture)

    response = serve_picture(rf.get("/p/"), name, thumbnail=True)

    assert body(response) == path_of(name, small=True).read_bytes()
    assert response["ETag"] == f'"{name}-small"'


def test_a_browser_that_has_it_is_told_so(media, picture, rf):
    name = store(picture)

    response = serve_picture(rf.get("/p/", headers={"if-none-match": f'"{name}"'}), name)

    assert response.status_code == 304
    assert body(response) == b""
    assert response["Cache-Control"] == "private, max-age=86400, immutable"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_browser_that_has_another_gets_it(media, picture, rf):
    name = store(picture)

    response = serve_picture(rf.get("/p/", headers={"if-none-match": f'"{UNKNOWN}"'}), name)

    assert response.status_code == 200
    assert body(response) == picture.jpeg


@pytest.mark.parametrize("name", [UNKNOWN, *NOT_OURS])
def test_what_is_not_stored_is_not_found(media, rf, name):
    with pytest.raises(Http404):
        serve_picture(rf.get("/p/"), name)


@pytest.mark.parametrize("prefix", ["/protected", "/protected/"])
@pytest.mark.parametrize(("thumbnail", "ending"), [(False, ".jpg"), (True, "-small.jpg")])
def test_nginx_sends_the_bytes_where_it_can(media, picture, rf, settings, prefix, thumbnail, ending):
    settings.MEDIA_ACCEL_PREFIX = prefix
    name = store(picture)

    response = serve_picture(rf.get("/p/"), name, thumbnail=thumbnail)

    assert body(response) == b""
    assert response["X-Accel-Redirect"] == f"/protected/pictures/{name[:2]}/{name[2:4]}/{name}{ending}"
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_nginx_is_not_sent_after_a_missing_file(media, rf, settings):
    settings.MEDIA_ACCEL_PREFIX = "/protected"

    with pytest.raises(Http404):
        serve_picture(rf.get("/p/"), UNKNOWN)


def test_no_address_maps_to_the_folder(settings):
    assert settings.MEDIA_URL in ("", "/")


def test_copy_is_the_same_picture_under_a_name_of_its_own(picture):
    name = store(picture)

    copied = picture_store.copy(name)

    assert copied != name
    assert [path_of(copied, small=small).read_bytes() for small in (False, True)] == [
        path_of(name, small=small).read_bytes() for small in (False, True)
    ]


def test_copy_of_what_is_not_stored_is_told(media):
    with pytest.raises(NoSuchPicture):
        picture_store.copy(UNKNOWN)

    assert files(media) == []
