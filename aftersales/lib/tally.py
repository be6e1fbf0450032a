"""What came of a list that was imported: the line every import ends with."""

from dataclasses import dataclass


@dataclass
class Tally:
    """How many rows were new, changed something, changed nothing, or were refused."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    def __str__(self):
        """Read by scripts, so never translated."""
        return (
            f"imported {self.imported}, updated {self.updated}, "
            f"unchanged {self.unchanged}, refused {self.refused}"
        )

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.imported + other.imported,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )

    @property
    def rows(self) -> int:
        return self.imported + self.updated + self.unchanged + self.refused

    def undone(self) -> "Tally":
        """The tally of the same rows when nothing of them was kept."""
        return Tally(refused=self.rows)
