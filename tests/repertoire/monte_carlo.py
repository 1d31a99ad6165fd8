import random

rng = random.Random(2)


def inside():
    x = rng.random()
    y = rng.random()
    return x * x + y * y < 1


hits = 0
for i in range(40):
    if inside():
        hits += 1
print(hits > 20)
