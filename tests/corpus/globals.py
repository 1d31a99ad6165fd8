"""Global names, declared in functions, in loops, in a class."""
total = 0
def add(n):
    global total, made
    total += n
    made = "here"
def add_all(ns):
    for n in ns:
        if n:
            global total
            total += n
    global last
    last = n
add(5)
add_all([1, 0, 2])
class Settings:
    global level
    level = 3
    other = level
for _ in range(12):
    global again
    again = _
print(total, made, last, level, Settings.other, hasattr(Settings, "level"), again)
