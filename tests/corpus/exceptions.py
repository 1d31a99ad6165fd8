"""Try, in all its parts."""
def attempt(what):
    try:
        print("try", what)
        if what == 1:
            raise ValueError("one")
        if what == 2:
            {}["missing"]
        if what == 3:
            return "returned"
        if what == 4:
            1 / 0
    except ValueError as error:
        print("value", error)
        return "handled"
    except (KeyError, TypeError) as error:
        print("key", error, error.args)
    else:
        print("else")
    finally:
        print("finally")
    return "end"
for what in range(4):
    print(attempt(what))
try:
    attempt(4)
except ZeroDivisionError as error:
    caught = error
print(repr(caught), "error" in globals())
try:
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise RuntimeError("second") from error
except RuntimeError as error:
    print(type(error.__cause__).__name__, error.__context__ is error.__cause__)
def override():
    try:
        raise ValueError
    finally:
        return "swallowed"
print(override())
for i in range(15):
    try:
        if i % 2:
            raise IndexError(i)
    except IndexError:
        continue
    finally:
        last = i
print(last)
assert last == 14, "never"
try:
    assert not last, f"last is {last}"
except AssertionError as error:
    print(error)
