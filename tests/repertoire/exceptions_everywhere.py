def divide(a, b):
    try:
        result = a / b
    except ZeroDivisionError:
        print("no")
        return None
    else:
        print("yes")
    finally:
        print("always")
    return result


values = []
for b in (1, 0, 2):
    values.append(divide(6, b))
try:
    values[0].nothing
except AttributeError as e:
    kind = type(e).__name__
print(values, kind)
