"""The toolkit of the REST API: one base for every door of it. docs/api.md."""
