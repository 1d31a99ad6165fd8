data = iter([3, 1, 4, 1, 5, 9, 2, 6, None, 7])
total = 0
while (x := next(data)) is not None:
    total += x
if (n := total) > 30:
    print("large", n)
print(total)
