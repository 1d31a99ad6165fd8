"""A page about a network: its picture, shapes and parameters, and what an input makes of every layer."""

from fwdpass.networks.explain.page import explain

__all__ = ["explain"]
