mails = [("win money now", 1), ("meeting at noon", 0), ("win a prize", 1), ("lunch at noon", 0)]
counts = {0: {}, 1: {}}
totals = {0: 0, 1: 0}
for text, label in mails:
    for word in text.split():
        counts[label][word] = counts[label].get(word, 0) + 1
        totals[label] += 1


def score(text, label):
    s = 1.0
    for word in text.split():
        s *= (counts[label].get(word, 0) + 1) / (totals[label] + 10)
    return s


spam = score("win lunch", 1)
ham = score("win lunch", 0)
print(spam > ham)
