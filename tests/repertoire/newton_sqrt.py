def root(n):
    guess = n / 2
    steps = 0
    while abs(guess * guess - n) > 1e-9:
        guess = (guess + n / guess) / 2
        steps += 1
    return guess, steps


for n in (2, 9, 10, 144):
    r, s = root(n)
    print(n, round(r, 5), s)
