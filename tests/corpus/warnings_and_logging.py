"""Warnings, caught, with their lines."""
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("careful", stacklevel=1)
    for i in range(20):
        warnings.warn(f"turn {i}")
print([(w.lineno, str(w.message)) for w in caught][:3], len(caught))
