"""The connection that reports read on: it cannot write, and may lead to a replica. docs/operations.md."""

CONNECTION = "reports"
