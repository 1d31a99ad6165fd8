"""What a network has been given, layer by layer, in a table."""

from __future__ import annotations

from fwdpass.figures.table import Texts
from fwdpass.networks import Network
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import text


@checked
def parameters(net: Network) -> Texts:
    """List each layer's shapes, its activation, and how many parameters it has.

    Parameters
    ----------
    net : Network
        The network.

    Returns
    -------
    Texts
        A table with a row for each layer.

    Examples
    --------
    >>> import fwdpass as fp
    >>> parameters(fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2)))
    layer    weights   bias    parameters  activation
    layer 1  `(4, 3)`  `(3,)`  15          relu
    layer 2  `(3, 4)`  `(4,)`  16          identity
    """
    rows = tuple(
        (
            f"layer {text(i + 1)}" + (f"\n{layer.name}" if layer.name else ""),
            f"`{text(layer.W.shape)}`",
            f"`{text(layer.b.shape)}`" if layer.biased else "none",
            text(layer.parameters),
            str(layer.activation),
        )
        for i, layer in enumerate(net)
    )
    return Texts("The network's layers", ("layer", "weights", "bias", "parameters", "activation"), rows)
