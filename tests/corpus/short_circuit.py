"""What is not needed is not evaluated."""
def say(word, value):
    print(word)
    return value
x = say("a", 0) and say("b", 1)
y = say("c", 0) or say("d", 2)
z = say("e", 5) if say("f", False) else say("g", 6)
w = say("h", 1) < say("i", 0) < say("j", 3)
print(x, y, z, w)
