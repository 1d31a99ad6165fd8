"""Networks from elsewhere, and back: files and models of other libraries, read with their own readers.

No file is unpickled, and nothing in a file is executed. What cannot be read is refused, with its layer's name.
"""

from fwdpass.networks.formats.common import Limits
from fwdpass.networks.formats.files import load, open_model, save
from fwdpass.networks.formats.flax import from_flax, to_flax
from fwdpass.networks.formats.format import Opened
from fwdpass.networks.formats.keras import from_keras, to_keras
from fwdpass.networks.formats.onnx import from_onnx, to_onnx
from fwdpass.networks.formats.sklearn import from_sklearn, to_sklearn
from fwdpass.networks.formats.torch import from_torch, to_torch

__all__ = [
    "Limits",
    "Opened",
    "from_flax",
    "from_keras",
    "from_onnx",
    "from_sklearn",
    "from_torch",
    "load",
    "open_model",
    "save",
    "to_flax",
    "to_keras",
    "to_onnx",
    "to_sklearn",
    "to_torch",
]
