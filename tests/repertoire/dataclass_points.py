from dataclasses import dataclass


@dataclass
class Point:
    x: float
    y: float = 0.0

    def moved(self, dx):
        return Point(self.x + dx, self.y)


p = Point(1.0)
q = p.moved(2.0)
q.y = 5.0
same = p == Point(1.0)
print(p, q, same)
