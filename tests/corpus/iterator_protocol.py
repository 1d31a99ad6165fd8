"""An iterator of the script's own, one that ends and goes on, and the old protocol."""
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        print("iter")
        return self
    def __next__(self):
        if self.n == 0:
            self.n = 2
            raise StopIteration
        self.n -= 1
        return self.n
c = Countdown(3)
print([x for x in c])
for x in c:
    print(x)
class Old:
    def __getitem__(self, index):
        if index > 13:
            raise IndexError
        return index * index
print(sum(Old()), *[x for x in Old() if x % 2])
for x in Old():
    pass
print(x)
for line in iter(lambda: c.n, 0):
    c.n -= 1
    print("line", line)
