"""A page that Python reads again in the reader's browser: there is NumPy, and neither Sphinx nor anything compiled."""
