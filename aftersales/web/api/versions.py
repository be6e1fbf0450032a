"""ETag and If-Match: nobody overwrites what somebody else has just changed."""

import re

from django.utils.translation import gettext as _
from rest_framework import exceptions, status

from aftersales.lib.errors import Refused

TAG = re.compile(r'"([0-9]{1,10})"', re.ASCII)


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


def stale() -> Refused:
    """What the slower of two is told; the door adds how things stand now."""
    return Refused(_("This has been changed since you read it. Read it again and decide anew."), code="stale")
