"""In which frame somebody sees the pages that everybody has: the phone's or the desk's."""

AGENT, BOARD = "frames/agent.html", "frames/board.html"


def frame_of(user) -> str:
    """The station's frame for those who only work there, the desk's for everybody else."""
    at_station = user.has_perm("claims.use_station_pages") and not user.has_perm("accounts.use_admin")
    return AGENT if at_station else BOARD
