def length(word):
    n = len(word)
    return n


words = ["pear", "fig", "banana"]
words.sort(key=length)
longest = max(words, key=lambda w: length(w))
squares = list(map(lambda n: n * n, range(4)))
odd = list(filter(lambda n: n % 2, squares))
print(words, longest, odd)
