"""Async functions, loops, context managers, comprehensions and generators."""
import asyncio
class Context:
    async def __aenter__(self):
        print("enter")
        return self
    async def __aexit__(self, *error):
        print("exit", error[0])
        return True
async def ticks(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i
async def work(name, n):
    async with Context() as context:
        async for tick in ticks(n):
            if tick == 11:
                break
        else:
            print(name, "all")
        if n == 3:
            raise ValueError(name)
        return [t async for t in ticks(n)], {t: await asyncio.sleep(0, t) for t in range(2)}
async def main():
    done = await asyncio.gather(work("a", 2), work("b", 3), work("c", 14))
    print(done)
    lazy = (t * 2 async for t in ticks(3))
    print([t async for t in lazy])
asyncio.run(main())
