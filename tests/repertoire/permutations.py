def permute(items):
    if len(items) <= 1:
        return [items]
    found = []
    for i in range(len(items)):
        first = items[i]
        rest = items[:i] + items[i + 1 :]
        for tail in permute(rest):
            found.append([first] + tail)
    return found


ps = permute([1, 2, 3])
print(len(ps))
