"""Formatted texts, nested and over several lines."""
name, width, value = "x", 10, 3.14159
print(f"{name}={value:.2f} {value!r:>{width}} {name!s} {{literal}} {value=} {name=!r}")
print(f"{'nested ' + f'{value:{width}.{2 + 1}}'}" f" and {name}")
print(f"""first {name}
second {value + 1:.1f} {
    width * 2
}""")
print("ä" + f"ö{name}ü{value:.0f}", rf"\{name}", f"{[i for i in range(3)]}", f"{ {'a': 1}['a'] }")
print(f"{(lambda x: x * 2)(width)} {width if width > 3 else 0}")
