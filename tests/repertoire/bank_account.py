class Account:
    rate = 2
    count = 0

    def __init__(self, owner):
        self.owner = owner
        self.balance = 0
        Account.count += 1

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("nothing to deposit")
        self.balance += amount
        return self.balance


a = Account("Ada")
b = Account("Bob")
a.deposit(10)
b.deposit(5)
try:
    a.deposit(-1)
except ValueError as error:
    print("refused:", error)
Account.rate = 3
print(a.balance, b.balance, Account.count)
