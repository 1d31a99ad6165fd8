"""A small program: sorting, with functions that are called often."""
def quick(items):
    if len(items) <= 1:
        return items
    pivot, *rest = items
    return quick([i for i in rest if i < pivot]) + [pivot] + quick([i for i in rest if i >= pivot])
numbers = [(i * 37) % 101 for i in range(60)]
print(quick(numbers) == sorted(numbers))
def bubble(items):
    swapped = True
    while swapped:
        swapped = False
        for i in range(len(items) - 1):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
                swapped = True
    return items
print(bubble(numbers[:20]))
