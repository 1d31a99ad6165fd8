"""Lists, sets, dictionaries and generators in a line."""
squares = [n * n for n in range(20)]
evens = {n for n in squares if n % 2 == 0 if n > 3}
table = {n: [m for m in range(n) if m] for n in range(15)}
pairs = [(a, b) for a in range(4) for b in range(a)]
lazy = (n + 1 for n in squares)
print(next(lazy), next(lazy), sum(lazy))
x = "outer"
print([x for x in "ab"], x)
print(sorted(evens), table, pairs)
nested = [[i * j for j in range(3)] for i in range(12)]
print(nested[11])
print({k: v for k, v in zip("ab", [1, 2])}, {**{"a": 1}}, [*range(3), *"x"])
