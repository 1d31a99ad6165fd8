"""If, elif, else, and conditional expressions."""
def sign(n):
    if n > 0:
        return "+"
    elif n == 0:
        return "0"
    elif n < -10:
        return "--"
    else:
        return "-"
print([sign(n) for n in (5, 0, -20, -1)])
if []:
    pass
elif not []:
    x = 1 if False else 2 if True else 3
print(x)
