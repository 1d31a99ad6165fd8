import numpy as np

rng = np.random.default_rng(5)
data = rng.normal(size=(30, 3)) * np.array([3.0, 1.0, 0.1])
mean = data.mean(axis=0)
centred = data - mean
cov = centred.T @ centred / (len(data) - 1)
values, vectors = np.linalg.eigh(cov)
order = np.argsort(values)[::-1]
values = values[order]
share = values / values.sum()
kept = 0
total = 0.0
for s in share:
    total += float(s)
    kept += 1
    if total > 0.99:
        break
print(kept)
