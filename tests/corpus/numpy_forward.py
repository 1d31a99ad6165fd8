"""A forward pass, by neuron and by matrix."""
import numpy as np
x = np.array([1.0, 0.0, 1.0, 1.0])
W = np.array([[0.2, -0.5, 0.1], [-0.3, 0.4, -0.2], [0.1, 0.3, 0.5], [-0.4, 0.2, -0.1]])
b = np.array([0.1, -0.1, 0.0])
z = []
for j in range(3):
    total = b[j]
    for i in range(4):
        total += x[i] * W[i, j]
    z.append(max(0.0, total))
h = np.maximum(0, x @ W + b)
print(np.allclose(z, h), h.shape, W.T.shape, round(float(h.sum()), 6))
