import numpy as np


def softmax(z):
    z = z - z.max()
    e = np.exp(z)
    return e / e.sum()


def loss(p, k):
    return float(-np.log(p[k]))


logits = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3]])
labels = [0, 2]
total = 0.0
for row, k in zip(logits, labels):
    p = softmax(row)
    total += loss(p, k)
    row[k] += 1
print(round(total, 3))
