"""Objects end when the script lets them go, not later."""
import weakref
class Noisy:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("gone", self.name)
a = Noisy("a")
a = None
print("after a")
b = [Noisy("b")]
del b
print("after b")
def f():
    c = Noisy("c")
    print("in f")
f()
print("after f")
for i in range(14):
    d = Noisy(i)
print("after loop")
del d
e = Noisy("e")
r = weakref.ref(e)
e = 1
print(r())
Noisy("temporary")
print([Noisy(n).name for n in "xy"])
def g():
    yield Noisy("y")
    print("resumed")
for n in g():
    print(n.name)
    del n
print("end")
