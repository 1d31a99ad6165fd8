def area(shape):
    match shape:
        case ("circle", r):
            return 3 * r * r
        case ("rect", w, h):
            return w * h
        case {"side": s}:
            return s * s
        case _:
            return 0


shapes = [("circle", 2), ("rect", 3, 4), {"side": 5}, None]
total = 0
for s in shapes:
    total += area(s)
print(total)
