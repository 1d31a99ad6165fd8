"""Line numbers that a script reads itself."""
import sys
import traceback
def fail(n):
    return [1, 2,
            3][n]
try:
    value = (1 +
             fail(
                 5))
except IndexError:
    kind, error, at = sys.exc_info()
    print([(frame.name, frame.lineno, frame.line) for frame in traceback.extract_tb(at)])
    print(traceback.format_exc().count("File"))
print(sys._getframe().f_lineno)
def here():
    return sys._getframe(1).f_lineno, sys._getframe(0).f_lineno
print(here())
class E(Exception):
    def __str__(self):
        print("str of E")
        return "E!"
try:
    raise E(1)
except E as e:
    pass
print(sys.exc_info())
