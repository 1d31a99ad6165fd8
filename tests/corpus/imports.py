"""Imports of every form."""
import math
import os.path
import json as j, sys
from math import pi, sqrt as root
from collections.abc import *
import xml.etree.ElementTree as ET
print(math.floor(pi), os.path.join("a", "b"), j.dumps([1]), root(4), Mapping.__name__, ET.Element("a").tag)
def f():
    import string
    from os import sep
    return string.digits, sep == os.sep
print(f())
try:
    import no_such_module_anywhere
except ImportError as error:
    print(error)
try:
    from math import no_such_name
except ImportError as error:
    print(type(error).__name__)
