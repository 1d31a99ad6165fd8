points = [(1, 2, 1), (2, 1, 1), (-1, -2, 0), (-2, -1, 0), (2, 3, 1)]
w = [0.0, 0.0]
bias = 0.0
errors = 1
rounds = 0
while errors and rounds < 10:
    errors = 0
    for a, b, target in points:
        out = 1 if w[0] * a + w[1] * b + bias > 0 else 0
        delta = target - out
        if delta:
            w[0] += delta * a
            w[1] += delta * b
            bias += delta
            errors += 1
    rounds += 1
print(w, bias, rounds)
