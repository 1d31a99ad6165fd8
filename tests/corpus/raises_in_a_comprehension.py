"""An exception in a comprehension."""
values = [int(text) for text in ["1", "2", "x"]]
