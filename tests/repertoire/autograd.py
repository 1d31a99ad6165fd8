class Value:
    def __init__(self, data, parents=(), pull=None):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull

    def __add__(self, other):
        def pull(g):
            self.grad += g
            other.grad += g

        return Value(self.data + other.data, (self, other), pull)

    def __mul__(self, other):
        def pull(g):
            self.grad += g * other.data
            other.grad += g * self.data

        return Value(self.data * other.data, (self, other), pull)


a = Value(2.0)
b = Value(-3.0)
c = a * b
d = c + a
d.pull(1.0)
c.pull(c.grad)
print(d.data, a.grad, b.grad)
