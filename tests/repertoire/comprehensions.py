n = 9
squares = [i * i for i in range(n)]
table = {i: i**3 for i in range(8)}
pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
unique = {x % 3 for x in squares}
nested = [[i * j for j in range(3)] for i in range(3)]
total = sum(x for x in squares if x % 2)
print(total, len(pairs), len(table))
