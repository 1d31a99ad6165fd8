"""Shapes that do not fit."""
import numpy as np
x = np.ones(3)
W = np.ones((4, 3))
b = np.zeros(4)
z = x @ W + b
