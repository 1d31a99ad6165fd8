"""Classes: attributes, properties, inheritance, private names."""
class Animal:
    """Has a docstring."""
    count = 0
    def __init__(self, name):
        self.__name = name
        Animal.count += 1
    @property
    def name(self):
        return self.__name
    @name.setter
    def name(self, value):
        self.__name = value.upper()
    @classmethod
    def make(cls, *names):
        return [cls(name) for name in names]
    @staticmethod
    def noise():
        return "…"
    def __repr__(self):
        print("repr!")
        return f"<{self.__name}>"
class Dog(Animal):
    __slots__ = ("tricks",)
    def __init__(self, name):
        super().__init__(name)
        self.tricks = []
    def noise(self):
        return super().noise() + "woof"
    def learn(self, __trick):
        self.tricks += [__trick]
        return __class__
a, b = Dog.make("rex", "bo")
a.name = "max"
a.learn("sit")
print(a.name, b.name, Animal.count, a.noise(), a.tricks, Animal.__doc__, Dog.__mro__[1].__name__)
print(repr(a))
