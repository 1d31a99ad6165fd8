"""Code that runs code."""
x = 2
print(eval("x * 3"))
exec("y = x + 1\nfor i in range(3): y += i")
print(y)
def f():
    a = 5
    return eval("a + x"), sorted(eval("locals()"))
print(f())
namespace = {}
exec(compile("def g(n): return n + 1", "<g>", "exec"), namespace)
print(namespace["g"](1))
