"""Indices and slices, of one axis and of several."""
import numpy as np
a = np.arange(24).reshape(2, 3, 4)
i, j = 1, 2
print(a[i], a[i, j], a[..., 0], a[:, ::2, -1], a[a > 20], a[None, i].shape)
xs = list(range(10))
print(xs[i:j], xs[::-1], xs[slice(i, None, 3)])
xs[i:j] = [100, 200]
xs[::4] = [0] * len(xs[::4])
print(xs)
