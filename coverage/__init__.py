"""The 2012 notice as table-to-table functions: read, locate, measure, group, count, export."""

__version__ = "0.1.0"
