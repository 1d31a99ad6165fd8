from collections import deque

queue = deque()
served = []
for minute in range(12):
    if minute % 2 == 0:
        queue.append(minute)
    if minute % 3 == 0 and queue:
        served.append(queue.popleft())
print(served, len(queue))
