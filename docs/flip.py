"""The network of the lesson, as a PyTorch module."""

import torch
from torch import nn


class Flip(nn.Module):
    """Flips a picture along its diagonal, once it is trained."""

    def __init__(self, pixels, hidden):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, pixels)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        return self.fc2(h)
