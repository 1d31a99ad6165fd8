"""An exception in a turn that is not recorded any more."""
numbers = [5] * 40 + [0]
for index, number in enumerate(numbers):
    share = 10 / number
print("never")
