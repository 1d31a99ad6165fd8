calls = 0


def counted(f):
    def wrapper(*args):
        global calls
        calls += 1
        result = f(*args)
        return result

    return wrapper


def add(a, b):
    return a + b


add = counted(add)
x = add(1, 2)
y = add(x, 4)
print(calls, y)
