"""The common shape of commands that import lists: refused rows, progress, the last line, the exit status."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from aftersales.lib.tally import Tally

PROGRESS_ROWS = 10_000


class ImportCommand(BaseCommand):
    """A command whose exit status is 0 only when everything went in.

    Refused rows go to standard error as `FILE:LINE: reason`; the last line on standard output is the tally.
    """

    def refuse(self, path: Path, line: int, reason: str) -> None:
        self.stderr.write(f"{path}:{line}: {reason}", style_func=str)

    def progress(self, done: int) -> None:
        """Say how far it is, every so many rows."""
        if done - self._said >= PROGRESS_ROWS:
            self._said = done
            self.stdout.write(f"{done} …")
            self.stdout.flush()

    _said = 0

    @staticmethod
    def files(names: list[str]) -> list[Path]:
        """The files that are named. Raises CommandError when one is not there, before anything is done."""
        paths = [Path(name) for name in names]
        for path in paths:
            if not path.is_file():
                raise CommandError(f"{path}: no such file")
        return paths

    def finish(self, tally: Tally) -> None:
        """Print the last line and end with status 1 when a row was refused."""
        self.stdout.write(str(tally))
        if tally.refused:
            raise SystemExit(1)
