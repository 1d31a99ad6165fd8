import numpy as np

rng = np.random.default_rng(1)


def relu(z):
    return np.maximum(0, z)


def layer(x, W, b):
    z = x @ W + b
    return relu(z)


x = np.array([1.0, -2.0, 0.5])
W1 = rng.normal(size=(3, 4))
b1 = np.zeros(4)
W2 = rng.normal(size=(4, 2))
b2 = np.ones(2)
h = layer(x, W1, b1)
y = layer(h, W2, b2)
print(y.shape, len(h))
