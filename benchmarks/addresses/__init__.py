"""How well and how quickly addresses lead to counties, beside libraries for the same."""
