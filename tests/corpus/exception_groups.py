"""Exceptions in groups."""
try:
    raise ExceptionGroup("several", [ValueError(1), TypeError(2), KeyError(3)])
except* ValueError as group:
    print("values", group.exceptions)
except* (TypeError, KeyError) as group:
    print("others", len(group.exceptions))
