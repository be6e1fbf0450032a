"""Bulk data for measuring: rows as the services would have left them, written in sets.

Left out: photos, and the consents that nothing reads.
"""
