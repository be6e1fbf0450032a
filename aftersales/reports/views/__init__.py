"""Reports: what was counted, what was frozen, and who freezes it."""
