"""Addresses as text: what they say about a place."""
