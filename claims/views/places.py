"""Pages around claims, in the frame of whoever opens them."""

from stations.access.places import PlacePage


class CasePage(PlacePage):
    """A page around claims: with a claim in its context, that claim's place decides what may be done."""

    about = "claim"
