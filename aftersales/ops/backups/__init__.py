"""A consistent copy of database and media in one folder, and the way back. docs/operations.md, "Backups"."""
