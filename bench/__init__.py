"""`make bench`: our pages and services beside floors on the same database. See docs/speed.md."""
