import numpy as np

P = np.array([[0.9, 0.1], [0.5, 0.5]])
state = np.array([1.0, 0.0])
for day in range(10):
    state = state @ P
    warm = state[0]
print(round(float(warm), 3))
