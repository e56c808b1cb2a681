"""Time and memory, measured; each file is a command of its own and fails when its budget is broken."""
