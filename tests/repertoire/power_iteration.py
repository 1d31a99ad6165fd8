import numpy as np

A = np.array([[2.0, 1.0], [1.0, 3.0]])
v = np.array([1.0, 0.0])
old = 0.0
count = 0
while True:
    w = A @ v
    norm = float(np.sqrt(w @ w))
    v = w / norm
    count += 1
    if abs(norm - old) < 1e-6:
        break
    old = norm
print(count, round(norm, 4))
