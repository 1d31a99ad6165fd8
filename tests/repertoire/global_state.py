count = 0
log = []


def visit(name):
    global count
    count += 1
    log.append(name)
    if count > 2:
        count = 0


for name in "abcde":
    visit(name)
print(count, log)
