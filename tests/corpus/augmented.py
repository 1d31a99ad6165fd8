"""Augmented assignment, to names, items, attributes and slices."""
class Box:
    pass
n = 1
n += 2
n **= 3
items = [1, 2, 3]
alias = items
items += [4]
items[0] *= 10
items[1:2] += [7]
box = Box()
box.value = 1
box.value -= 5
print(n, items, alias is items, box.value)
def evaluate_once():
    print("once")
    return items
evaluate_once()[0] += 1
print(items)
