a = [1, 2, 3]
b = a
c = a[:]
b.append(4)
c.append(5)


def extend(xs, x):
    xs.append(x)
    xs = xs + [0]
    return xs


d = extend(a, 6)
a = a + [7]
b[0] = 9
pair = (a, b)
b.clear()
print(a, b, c, d, pair)
