longest = 0
start = 0
for n in range(1, 12):
    m = n
    length = 1
    while m != 1:
        if m % 2:
            m = 3 * m + 1
        else:
            m //= 2
        length += 1
    if length > longest:
        longest = length
        start = n
print(start, longest)
