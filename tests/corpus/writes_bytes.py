"""Standard output below print: its buffer, write, writelines, flush, encoding."""
import sys
sys.stdout.write("text\n")
sys.stdout.flush()
sys.stdout.buffer.write("bytes ä\n".encode())
sys.stdout.buffer.flush()
sys.stdout.writelines(["a\n", "b\n"])
print("x", "y", sep="-", end="!\n", flush=True)
print("to stderr", file=sys.stderr)
print(sys.stdout.encoding, sys.stdout.writable(), sys.stdout.isatty(), sys.stdout.closed, sys.stdout.errors)
for i in range(30):
    print(i, end=" ")
print()
