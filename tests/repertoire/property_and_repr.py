class Circle:
    def __init__(self, r):
        self.r = r
        self.asked = 0

    @property
    def area(self):
        self.asked += 1
        print("computing")
        return 3 * self.r * self.r

    def __repr__(self):
        return f"Circle({self.r})"


c = Circle(2)
print(c.area)
big = c.area > 10
print(c, big, c.asked)
