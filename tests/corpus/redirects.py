"""Standard output that the script redirects itself."""
import io
from contextlib import redirect_stdout
caught = io.StringIO()
with redirect_stdout(caught):
    print("hidden")
print(repr(caught.getvalue()))
