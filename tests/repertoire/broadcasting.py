import numpy as np

table = np.arange(6).reshape(2, 3)
shift = np.array([10, 20, 30])
both = table + shift
scaled = both * np.array([[1], [2]])
mask = scaled > 30
scaled[mask] = 0
total = int(scaled.sum())
print(total, mask.any())
