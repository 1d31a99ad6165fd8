def knapsack(items, room):
    best = [0] * (room + 1)
    for weight, value in items:
        for r in range(room, weight - 1, -1):
            candidate = best[r - weight] + value
            if candidate > best[r]:
                best[r] = candidate
    return best[room]


print(knapsack([(1, 1), (3, 4), (4, 5)], 7))
