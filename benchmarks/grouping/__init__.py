"""How good the grouping is, how fast, and how others do on the same organisations: GROUPING.md, section 4."""
