"""An exception that nobody catches, some calls deep."""
def inner(values):
    return values["missing"]
def outer(values):
    return inner(values) + 1
print("before")
outer({"there": 1})
