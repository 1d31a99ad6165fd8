class Tracked:
    def __init__(self, name):
        self.name = name
        self.open = False

    def __enter__(self):
        print("enter", self.name)
        self.open = True
        return self

    def __exit__(self, *details):
        print("exit", self.name)
        self.open = False


with Tracked("a") as t:
    print("inside", t.open)
    n = 1
print(t.open)
