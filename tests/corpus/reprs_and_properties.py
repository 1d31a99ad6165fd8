"""Methods that must not be called by anybody but the script."""
class Loud:
    calls = []
    def __repr__(self):
        self.calls.append("repr")
        return "loud"
    def __str__(self):
        self.calls.append("str")
        return "loud"
    def __eq__(self, other):
        self.calls.append("eq")
        return True
    def __hash__(self):
        self.calls.append("hash")
        return 1
    def __len__(self):
        self.calls.append("len")
        return 3
    def __bool__(self):
        self.calls.append("bool")
        return True
    def __getattr__(self, name):
        self.calls.append(name)
        return 1
    def __iter__(self):
        self.calls.append("iter")
        return iter(())
    @property
    def changing(self):
        self.calls.append("property")
        return 1
class LoudList(list):
    def __len__(self):
        Loud.calls.append("list len")
        return 99
    def __iter__(self):
        Loud.calls.append("list iter")
        return super().__iter__()
    def __getitem__(self, index):
        Loud.calls.append("list item")
        return 0
loud = Loud()
pair = [loud, loud]
table = {"a": loud}
other = loud
items = LoudList([1, 2])
kept = items
print(len(Loud.calls), Loud.calls)
