def run(program):
    stack = []
    for word in program.split():
        if word in "+-*":
            b = stack.pop()
            a = stack.pop()
            if word == "+":
                stack.append(a + b)
            elif word == "-":
                stack.append(a - b)
            else:
                stack.append(a * b)
        else:
            stack.append(int(word))
    return stack[0]


print(run("3 4 + 2 * 5 -"))
