"""An exception with another one behind it."""
try:
    {}["k"]
except KeyError as error:
    raise ValueError(
        "two "
        "lines"
    ) from error
