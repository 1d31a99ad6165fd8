def numbers(n):
    for i in range(n):
        yield i


total = 0
for i in numbers(30):
    total += i
print(total, sum(numbers(20)))
