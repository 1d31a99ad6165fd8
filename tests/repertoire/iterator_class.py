class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        print("tick", self.n)
        return self.n


for c in Countdown(3):
    print("at", c)
rest = list(Countdown(2))
print(rest)
