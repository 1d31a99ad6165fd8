"""What a script sees of itself: its names, its source, its signature."""
import inspect
import sys
def f(a, b=2):
    """Doc."""
    c = [x for x in range(a)]
    print(sorted(locals()), sorted(vars()))
    print(dir())
    return c
f(3)
print(sorted(name for name in globals() if not name.startswith("__")), sorted(locals()) == sorted(globals()))
print(inspect.getsource(f).splitlines()[0], inspect.signature(f), f.__code__.co_varnames[: f.__code__.co_argcount], f.__code__.co_firstlineno)
class A:
    x = 1
    print(sorted(locals()))
    def m(self):
        return sorted(locals()), [sorted(locals()) for _ in range(1) if "self" in locals() or True][0:0]
print(A().m(), sorted(vars(A)))
for i in range(2):
    for j in range(2):
        pass
print([name for name in dir() if "fwd" in name.lower() or name.startswith(".")])
def g():
    for i in range(12):
        while i < 3:
            i += 1
    return sorted(locals())
print(g(), __name__, __doc__, sys.argv[1:])
print(inspect.currentframe().f_code.co_name, sys.modules["__main__"].f is f)
