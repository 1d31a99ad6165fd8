def average():
    total = 0.0
    count = 0
    mean = None
    while count < 4:
        x = yield mean
        total += x
        count += 1
        mean = total / count


g = average()
first = next(g)
for value in (10, 20, 60):
    m = g.send(value)
    print(value, m)
g.close()
