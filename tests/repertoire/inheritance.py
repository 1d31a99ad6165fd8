class Shape:
    def area(self):
        return 0

    def describe(self):
        return f"area {self.area()}"


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


class Cube(Square):
    def area(self):
        face = super().area()
        return 6 * face


shapes = [Shape(), Square(2), Cube(2)]
for s in shapes:
    print(s.describe())
