import numpy as np

train = np.array([[0.0, 0.0], [1.0, 1.0], [4.0, 4.0], [5.0, 5.0]])
labels = ["near", "near", "far", "far"]


def classify(q, k):
    d = ((train - q) ** 2).sum(axis=1)
    order = d.argsort()[:k]
    votes = {}
    for i in order:
        votes[labels[i]] = votes.get(labels[i], 0) + 1
    return max(votes, key=votes.get)


print(classify(np.array([0.5, 0.4]), 3))
print(classify(np.array([4.2, 4.9]), 1))
