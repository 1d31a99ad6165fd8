import numpy as np

grid = np.zeros((5, 5), dtype=int)
grid[2, 1:4] = 1


def neighbours(g, i, j):
    total = 0
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            if di or dj:
                total += g[(i + di) % 5, (j + dj) % 5]
    return total


new = grid.copy()
for i in range(5):
    for j in range(5):
        n = neighbours(grid, i, j)
        new[i, j] = 1 if n == 3 or (n == 2 and grid[i, j]) else 0
grid = new
print(grid.sum())
