import random

random.seed(4)
x = 0
trail = [x]
for step in range(25):
    move = random.choice([-1, 1])
    x += move
    trail.append(x)
    if abs(x) >= 4:
        print("out after", step + 1)
        break
print(len(trail), min(trail) <= 0)
