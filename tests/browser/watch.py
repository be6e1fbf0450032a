"""What a page must not do while a journey runs: log errors, break its own policy, ask foreign hosts."""

from urllib.parse import urlsplit

LOCAL_SCHEMES = ("data", "blob", "about")


class Watch:
    """Collects everything suspicious that the pages of one browser context do."""

    def __init__(self, context, origin: str):
        self.host = urlsplit(origin).netloc
        self.found: list[str] = []
        self.allowed: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda event: self.found.append(f"script error: {event.error}"))
        context.on("request", self._request)

    def allow(self, part: str) -> None:
        """Expect messages that contain this text, such as the status of a page that is refused on purpose."""
        self.allowed.append(part)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.netloc != self.host:
            self.found.append(f"request to a foreign host: {request.url}")

    def complaints(self) -> list[str]:
        return [line for line in self.found if not any(part in line for part in self.allowed)]
