"""The state of random numbers is the script's."""
import random
import numpy as np
random.seed(1)
rng = np.random.default_rng(0)
a = [random.random() for _ in range(3)]
b = rng.normal(size=3)
np.random.seed(3)
print(a, b.tolist(), np.random.rand(), random.random())
