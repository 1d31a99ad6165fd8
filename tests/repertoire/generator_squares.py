def squares(n):
    i = 0
    while i < n:
        yield i * i
        i += 1


total = 0
for s in squares(5):
    total += s
print(total)
