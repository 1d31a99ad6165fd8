def total(values):
    s = 0
    for v in values:
        s += v
    return s


def mean(values):
    return total(values) / len(values)


print(mean([1, 2, 3, 4]))
print(mean(range(30)))
