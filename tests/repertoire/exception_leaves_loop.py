def find(xs):
    for i in range(100):
        if xs[i] == 0:
            return i
    return None


where = find([1] * 12 + [0])
try:
    find([1] * 15)
except IndexError:
    print("ran out")
total = 0
try:
    for i in range(50):
        total += i
        if i == 20:
            raise KeyError(i)
except KeyError as e:
    print(e, total)
total = 5
