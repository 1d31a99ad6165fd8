"""Any network: layers of weights, biases and activations, and the forward pass through them, fast or exact."""

from fwdpass.layers.activations import Activation, leaky_relu
from fwdpass.layers.layer import Layer
from fwdpass.layers.network import Network, Step

__all__ = ["Activation", "Layer", "Network", "Step", "leaky_relu"]
