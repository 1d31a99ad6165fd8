def f(x):
    return (x - 3) ** 2 + 1


def slope(x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


x = 0.0
path = [x]
for i in range(20):
    g = slope(x)
    x = x - 0.2 * g
    path.append(round(x, 4))
    if abs(g) < 0.01:
        print("done at", i)
        break
else:
    print("not yet")
