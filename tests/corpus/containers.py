"""Lists in lists, cycles, sets, and types of the collections module."""
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
cycle = [1]
cycle.append(cycle)
loop = {}
loop["self"] = loop
deep = [[[[[[1]]]]]]
s = {"b", "a", "c", 3, (1, 2)}
f = frozenset("xyz")
q = deque([1, 2, 3], maxlen=3)
q.append(4)
c = Counter("abracadabra")
d = defaultdict(list)
d["k"].append(1)
o = OrderedDict(a=1)
P = namedtuple("P", "x y")
p = P(1, y=2)
r = range(0, 10, 2)
many = list(range(1000))
mapping = {i: str(i) for i in range(100)}
print(len(cycle), len(s), sorted(f), q, c.most_common(1), d, o, p, r, sum(many), len(mapping))
