import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(20, 2))
t = X @ np.array([1.5, -0.5]) + 0.25
w = np.zeros(2)
b = 0.0
losses = []
for epoch in range(15):
    y = X @ w + b
    e = y - t
    losses.append(float(np.mean(e**2)))
    w -= 0.1 * (X.T @ e) / len(X)
    b -= 0.1 * float(e.mean())
    if epoch % 5 == 0:
        print(epoch, losses[-1] < 10)
print(len(losses))
