def counter(start):
    n = start

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step


a = counter(0)
b = counter(10)
for i in range(3):
    a()
    b(i)
print(a(), b())
