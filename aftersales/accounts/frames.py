"""In which frame somebody sees the pages that everybody has: the phone's, the provider's, the desk's."""

AGENT, BOARD, PROVIDER = "frames/agent.html", "frames/board.html", "frames/provider.html"


def frame_of(user) -> str:
    """The station's frame for those who only work there, the provider's for its account, else the desk's."""
    at_station = user.has_perm("claims.use_station_pages") and not user.has_perm("accounts.use_admin")
    if at_station:
        return AGENT
    return PROVIDER if user.has_perm("claims.use_provider_pages") else BOARD
