import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
T = np.array([[0], [1], [1], [0]])
rng = np.random.default_rng(3)
V = rng.normal(size=(2, 3))
U = rng.normal(size=(3, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


step = 0
while step < 12:
    H = sigmoid(X @ V)
    Y = sigmoid(H @ U)
    dY = (Y - T) * Y * (1 - Y)
    dH = (dY @ U.T) * H * (1 - H)
    U = U - H.T @ dY
    V = V - X.T @ dH
    step += 1
print(Y.shape)
