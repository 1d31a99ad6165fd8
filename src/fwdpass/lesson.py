"""The forward pass of a small network, from a picture to its loss.

Run it with `python forward_pass.py`. It needs NumPy, nothing else.
"""

import numpy as np

# The picture: 1 is a white pixel, 0 a black one.
# The network reads it row by row.
image = np.array([[1, 0],
                  [1, 1]])
x = image.flatten()

# Layer 1: a row for each pixel, a column for each hidden neuron.
W1 = np.array([
    [ 0.2, -0.5,  0.1],
    [-0.3,  0.4, -0.2],
    [ 0.1,  0.3,  0.5],
    [-0.4,  0.2, -0.1],
])
b1 = np.array([0.1, -0.1, 0.0])

# Layer 2: a row for each hidden neuron, a column for each output.
W2 = np.array([
    [ 0.3, -0.2,  0.4,  0.1],
    [-0.1,  0.5, -0.3,  0.2],
    [ 0.2, -0.4,  0.1, -0.5],
])
b2 = np.array([0.0, 0.1, -0.1, 0.0])

# What it should answer: the picture, flipped along its diagonal.
target = image.T.flatten()

# The forward pass: a line for each layer, and ReLU between them.
z1 = x @ W1 + b1
h = np.maximum(0, z1)
y_hat = h @ W2 + b2

# The loss: the mean of the squared errors.
mse = np.mean((y_hat - target) ** 2)


def show(name, values):
    """Print numbers, rounded so that every computer prints the same.

    Adding 0.0 turns -0.0, which rounding can leave, into 0.0.
    """
    rounded = (round(float(v), 12) + 0.0 for v in np.ravel(values))
    print(f"{name:<12}", *rounded)


if __name__ == "__main__":
    show("x", x)
    show("z1", z1)
    show("h", h)
    show("prediction", y_hat)
    show("target", target)
    show("loss", mse)
