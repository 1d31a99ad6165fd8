"""Ten loops in each other: Python itself allows twenty."""
n = 0
for a in range(2):
    for b in range(1):
        for c in range(2):
            for d in range(1):
                for e in range(2):
                    for f in range(1):
                        for g in range(2):
                            for h in range(1):
                                for i in range(2):
                                    while n < 20:
                                        n += 1
                                    n += a + b + c + d + e + f + g + h + i
print(n)
