x = 1; y = 2; print(x + y); z = x if y else 0
if x: print("one"); y += 1
for i in range(3): print(i); x += i
class A: a = 1; b = 2
def f(): return A.a; print("never")
print(f(), y, x, z)
