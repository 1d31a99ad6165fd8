"""Names in class bodies: read from the class, then from the module."""
x = "module"
def f(x):
    class A:
        y = x
        x = "class"
        z = x
        if True:
            w = [x for _ in range(1)]
        class Inner:
            v = x
        __private = 5
        seen = __private
    return A
a = f("function")
print(a.y, a.z, a.w, a.Inner.v, a.seen, a._A__private)
