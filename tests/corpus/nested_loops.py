"""Loops in loops, more turns than are recorded."""
total = 0
for i in range(15):
    for j in range(15):
        if j > i:
            break
        for k in (1, 2):
            total += i * j * k
    else:
        total += 1000
print(total, i, j, k)
row = 0
while row < 12:
    column = 0
    while True:
        column += 1
        if column > row:
            break
    row += 1
print(row, column)
