"""Classes that make classes, descriptors, and class bodies with a namespace of their own."""
class Recording(dict):
    def __init__(self):
        super().__init__()
        self.log = []
    def __setitem__(self, key, value):
        self.log.append(("set", key))
        super().__setitem__(key, value)
    def __getitem__(self, key):
        self.log.append(("get", key))
        return super().__getitem__(key)
class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        return Recording()
    def __new__(mcs, name, bases, namespace, **kw):
        made = super().__new__(mcs, name, bases, dict(namespace))
        made.log = [entry for entry in namespace.log if not entry[1].startswith("__")]
        return made
class A(metaclass=Meta):
    x = 1
    y = x + 1
    for i in range(2):
        z = i
    def f(self):
        return self.x
print(A.log)
class Descriptor:
    def __set_name__(self, owner, name):
        print("named", name)
    def __get__(self, instance, owner):
        return "got"
class B:
    d = Descriptor()
    def __init_subclass__(cls, **kw):
        print("subclass", cls.__name__, kw)
class C(B, flag=1):
    pass
print(C().d, C.d)
