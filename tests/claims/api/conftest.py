from tests.claims.api.world import world

__all__ = ["world"]
