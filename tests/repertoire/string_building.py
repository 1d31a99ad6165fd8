def caesar(text, k):
    out = ""
    for c in text:
        if c.isalpha():
            out += chr((ord(c) - 97 + k) % 26 + 97)
        else:
            out += c
    return out


secret = caesar("hello world", 3)
plain = caesar(secret, -3)
print(secret, plain)
