"""A script that asks, where nobody answers."""
print("what?")
name = input("name: ")
print("never", name)
