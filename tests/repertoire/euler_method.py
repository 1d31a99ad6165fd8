def slope(t, y):
    return -2 * y + t


t = 0.0
y = 1.0
h = 0.1
rows = []
while t < 1.0:
    y += h * slope(t, y)
    t = round(t + h, 10)
    rows.append((t, y))
print(len(rows))
