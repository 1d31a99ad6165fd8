"""Any network: layers of weights, biases and activations, and the forward pass through them, fast or exact."""

from fwdpass.networks.activations import Activation, leaky_relu
from fwdpass.networks.layer import Layer
from fwdpass.networks.network import Network, Step

__all__ = ["Activation", "Layer", "Network", "Step", "leaky_relu"]
