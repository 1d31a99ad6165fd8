limit = 40
prime = [True] * (limit + 1)
prime[0] = prime[1] = False
p = 2
while p * p <= limit:
    if prime[p]:
        for multiple in range(p * p, limit + 1, p):
            prime[multiple] = False
    p += 1
found = [n for n, ok in enumerate(prime) if ok]
print(found)
