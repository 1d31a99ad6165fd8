"""Threads, waited for and not."""
import threading
results = []
def work(n):
    for i in range(20):
        n += i
    results.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
results.sort()
print(results)
