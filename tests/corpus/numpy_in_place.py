"""Arrays that change in place: views, aliases, out=, methods."""
import numpy as np
a = np.zeros(6)
v = a[2:4]
m = a.reshape(2, 3)
alias = a
v[:] = 5
m[0, 0] = 1
alias += 1
np.add(a, 10, out=a)
a.sort()
a[a > 14] *= -1
def change(array):
    array[0] = 99
change(a)
print(a.tolist(), v.tolist(), m.tolist(), alias is a)
big = np.zeros((1000, 1000))
corner = big[:1, :1]
corner[0, 0] = 3
big[500, 500] = 4
print(big.sum())
