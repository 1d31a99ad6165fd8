import numpy as np


class Dense:
    def __init__(self, rows, columns, seed):
        rng = np.random.default_rng(seed)
        self.W = rng.normal(size=(rows, columns))
        self.b = np.zeros(columns)

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return self.z


class Net:
    def __init__(self):
        self.layers = [Dense(2, 3, 0), Dense(3, 1, 1)]

    def forward(self, x):
        for layer in self.layers:
            x = np.tanh(layer.forward(x))
        return x


net = Net()
out = net.forward(np.array([0.5, -1.0]))
print(out.shape)
