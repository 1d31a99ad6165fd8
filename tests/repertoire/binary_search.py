def search(xs, x):
    low, high = 0, len(xs) - 1
    while low <= high:
        mid = (low + high) // 2
        if xs[mid] == x:
            return mid
        if xs[mid] < x:
            low = mid + 1
        else:
            high = mid - 1
    return -1


xs = list(range(0, 100, 7))
for x in (21, 22, 98):
    print(x, search(xs, x))
