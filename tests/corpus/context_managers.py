"""With, alone and several, suppressing and not."""
from contextlib import contextmanager, suppress, ExitStack
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name
    def __exit__(self, kind, error, traceback):
        print("exit", self.name, kind and kind.__name__)
        return self.swallow
with Manager("a") as a, Manager("b") as b:
    print(a, b)
with (Manager("c", True), Manager("d") as d):
    raise ValueError("swallowed")
with suppress(ZeroDivisionError):
    1 / 0
@contextmanager
def doubled(value):
    try:
        yield value * 2
    finally:
        print("done")
with doubled(4) as (eight):
    print(eight)
target = {}
with Manager("e") as target["key"]:
    pass
with ExitStack() as stack:
    print([stack.enter_context(Manager(n)) for n in "xy"])
print(target)
def leave():
    for i in range(20):
        with Manager(i):
            if i == 1:
                continue
            if i == 2:
                return i
print(leave())
