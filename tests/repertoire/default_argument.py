def remember(x, seen=[]):
    seen.append(x)
    return seen


first = remember(1)
second = remember(2)
third = remember(3, [])
print(first, second is first, third)
