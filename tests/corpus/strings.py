"""Texts, bytes, and methods on them."""
s = "grün — 数字 — 𝟘"
print(s.upper(), s[3], s[-1], s[::2], len(s), s.encode()[:4])
b = b"bytes" + bytes([0, 255])
print(b, b[0], b.hex(), bytearray(b)[1:3], "%s and %d" % ("x", 3), "{} {k}".format(1, k=2))
long = "ab" * 1000
print(len(long), "\N{GREEK SMALL LETTER ALPHA}", "a\tb\\n", r"\raw")
print("-".join(str(i) for i in range(12)))
ä = 1; print(ä + 1); größe = ä + 2; print(größe)
