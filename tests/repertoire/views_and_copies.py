import numpy as np

a = np.zeros((3, 4))
row = a[1]
col = a[:, 2]
copy = a.copy()
row += 1
col[:] = 5
b = a
b[0, 0] = 9
a = a + 1
row[0] = -1
flat = b.reshape(-1)
flat[3] = 7
print(copy.sum(), b[0, 3])
