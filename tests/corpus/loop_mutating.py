"""A list that grows and shrinks while it is looped over."""
items = list(range(3))
for item in items:
    if len(items) < 40:
        items.append(item + 1)
print(len(items), items[-1])
other = list(range(30))
for item in other:
    other.remove(item)
print(other)
d = {"a": 1}
try:
    for key in d:
        d[key + "a"] = 2
except RuntimeError as error:
    print(error)
