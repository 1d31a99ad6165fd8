"""What the main module is: pickling needs to find it."""
import __main__
import pickle
import sys
class Thing:
    def __eq__(self, other):
        return vars(self) == vars(other)
t = Thing()
t.x = 1
print(pickle.loads(pickle.dumps(t)) == t, __main__.Thing is Thing, __main__ is sys.modules[__name__])
print(__name__, __spec__, __package__, type(__builtins__).__name__, __file__ == sys.argv[0])
print([name for name in sorted(globals()) if name.startswith("__")])
if __name__ == "__main__":
    print("main")
