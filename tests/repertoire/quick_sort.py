def quick(xs):
    if len(xs) < 2:
        return xs
    pivot = xs[0]
    low = [x for x in xs[1:] if x < pivot]
    high = [x for x in xs[1:] if x >= pivot]
    return quick(low) + [pivot] + quick(high)


print(quick([3, 6, 1, 8, 2, 9, 2]))
