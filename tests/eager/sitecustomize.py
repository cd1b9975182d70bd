"""Python reads this first in all processes of the tests: trainings do not give way to other work.

In the app they do, so that people can draw meanwhile. Beside other work that keeps all cores busy, a test would wait
for them for minutes.
"""

import os

if hasattr(os, "nice"):  # not on Windows
    os.nice = lambda more: 0
