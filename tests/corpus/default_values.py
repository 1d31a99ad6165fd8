"""A default value is made once, when the function is."""
def append(item, to=[]):
    to.append(item)
    return to
print(append(1), append(2), append(3, []))
def order(a=print("first"), b=print("second")):
    print("body")
order()
