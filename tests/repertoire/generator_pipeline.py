def read(lines):
    for line in lines:
        print("read", line)
        yield line.strip()


def parse(lines):
    for line in lines:
        n = int(line)
        yield n


def keep(ns):
    for n in ns:
        if n % 2:
            yield n


odd = list(keep(parse(read(["1 ", " 2", "3", "5"]))))
print(odd)
