xs = [1, 2, 3, 4, 5]
ys = [2.1, 3.9, 6.2, 7.8, 10.1]
n = len(xs)
mx = sum(xs) / n
my = sum(ys) / n
top = 0.0
bottom = 0.0
for x, y in zip(xs, ys):
    top += (x - mx) * (y - my)
    bottom += (x - mx) ** 2
slope = top / bottom
intercept = my - slope * mx
print(round(slope, 3), round(intercept, 3))
