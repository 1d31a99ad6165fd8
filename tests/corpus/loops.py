"""For and while, with break, continue and else."""
for i in range(5):
    if i == 3:
        continue
    print(i)
else:
    print("no break")
for i in range(100):
    if i > 50:
        break
else:
    print("never")
n = 0
while n < 30:
    n += 1
    if n % 2:
        continue
    if n == 28:
        break
else:
    print("never either")
while n:
    n -= 1
else:
    print("ran out", n)
for _ in []:
    print("nothing")
else:
    print("empty", i)
