"""One page a module; each has `show()`."""
