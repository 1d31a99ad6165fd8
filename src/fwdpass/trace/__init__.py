"""Run a script once, and keep what every expression was worth."""
