makers = []
for k in range(3):

    def shifted(x, k=k):
        return x + k

    makers.append(shifted)
results = [f(10) for f in makers]
late = [lambda: k for k in range(3)]
values = [g() for g in late]
print(results, values)
