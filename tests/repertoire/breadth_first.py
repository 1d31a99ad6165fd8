graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}
seen = ["a"]
frontier = ["a"]
while frontier:
    following = []
    for node in frontier:
        for other in graph[node]:
            if other not in seen:
                seen.append(other)
                following.append(other)
    frontier = following
print(seen)
