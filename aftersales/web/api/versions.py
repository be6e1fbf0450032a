"""ETag and If-Match: nobody overwrites what somebody else has just changed."""

import re

from django.utils.translation import gettext as _
from rest_framework import exceptions, status

from aftersales.lib.errors import Refused

# An answer that is compressed on its way has a weak tag: W/"3" names the same version.
TAG = re.compile(r'(?:W/)?"([0-9]{1,10})"', re.ASCII)


class VersionMissing(exceptions.APIException):
    """A change was sent without saying which version it is a change of."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_missing"

    def __init__(self):
        super().__init__(_('Send If-Match with the ETag of what you have read, such as "3".'))


def etag(version: int) -> str:
    """The entity tag of a version of a row."""
    return f'"{version}"'


def expected_version(request) -> int:
    """The version that a change was made from. Raises VersionMissing; Refused("stale") for what is no tag
    of ours, since nothing can ever have had it."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise VersionMissing
    found = TAG.fullmatch(given)
    if found is None:
        raise stale()
    return int(found[1])


def has_already(request, tag: str) -> bool:
    """Whether If-None-Match says that the caller has what this tag names: alone, among others, weak."""
    given = request.headers.get("If-None-Match", "")
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return "*" in tags or tag in tags


def stale() -> Refused:
    """What the slower of two is told; the door adds how things stand now."""
    return Refused(_("This has been changed since you read it. Read it again and decide anew."), code="stale")
