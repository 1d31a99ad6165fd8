import numpy as np


def step(x):
    if x > 0:
        return 1.0
    return 0.0


f = np.vectorize(step, otypes=[float])
y = f(np.array([-1.0, 2.0, 0.0]))
rows = np.apply_along_axis(lambda r: r.max() - r.min(), 1, np.array([[1, 5], [2, 9]]))
print(y.sum(), rows.sum())
