import numpy as np

rng = np.random.default_rng(7)
points = np.concatenate([rng.normal(0, 1, size=(8, 2)), rng.normal(6, 1, size=(8, 2))])
centres = points[[0, 8]].copy()


def nearest(p, centres):
    best, at = None, None
    for i, c in enumerate(centres):
        d = float(((p - c) ** 2).sum())
        if best is None or d < best:
            best, at = d, i
    return at


for turn in range(3):
    labels = [nearest(p, centres) for p in points]
    moved = 0.0
    for k in range(2):
        members = points[[i for i, l in enumerate(labels) if l == k]]
        new = members.mean(axis=0)
        moved += float(abs(new - centres[k]).sum())
        centres[k] = new
    print(turn, round(moved, 3))
    if moved == 0:
        break
