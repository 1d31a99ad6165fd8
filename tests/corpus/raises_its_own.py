"""An exception of the script's own class, with a message of its own."""
class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code
    def __str__(self):
        return f"refused with {self.code}"
raise Refused(7)
