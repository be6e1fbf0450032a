"""Whose rows name stored pictures: the sweep leaves alone what one of these models holds."""

from collections.abc import Container

from django.apps import apps

FOLDER_SIGNS = 4
"""So many signs of a name are the folders it lies in (picture_store)."""

_held_by: set[str] = set()


def register(*labels: str) -> None:
    """Make models known, as "app.Model", whose column `file_name` names stored pictures."""
    _held_by.update(labels)


def registered() -> frozenset[str]:
    return frozenset(_held_by)


class StoredNames(Container):
    """The file names of all rows, read a folder's worth at a time: files come in the order of folders."""

    def __init__(self) -> None:
        self._folder = ""
        self._names: frozenset[str] = frozenset()

    def __contains__(self, name) -> bool:
        if name[:FOLDER_SIGNS] != self._folder:
            self._folder = name[:FOLDER_SIGNS]
            self._names = frozenset(
                held for label in sorted(_held_by) for held in self._held_in_folder(label)
            )
        return name in self._names

    def _held_in_folder(self, label: str):
        rows = apps.get_model(label)._base_manager.filter(file_name__startswith=self._folder)
        return rows.values_list("file_name", flat=True)
