"""The forms of digits that people around the world write, each as the path of a pen.

MNIST is American writing of the 1990s; elsewhere a 1 has a long upstroke and a 7 a bar. A form is a function of a
`Pen`, which varies the proportions within the form each time it is written; `hands` adds what differs between people.
Paths lie in a box that is about 1 high, x to the right and y down. Nothing here uses TensorFlow.

Sources named in the forms: G. F. Hill, "The Development of Arabic Numerals in Europe" (1915); K. Menninger, "Number
Words and Number Symbols" (1969); the school scripts of Germany (Lateinische Ausgangsschrift, 1953), Switzerland
(Schulschrift, 1947) and France (écriture cursive); in the United States Palmer (1894) and Zaner-Bloser. A docstring
that says "print" means the digit's shape in typefaces; one that says "quick writing", a habit of everyday hands that no
school teaches.
"""

from digitlab.handwriting.forms import from_0_to_4, from_5_to_9
from digitlab.handwriting.forms.pen import FORMS, Form, Path, Pen

__all__ = ["FORMS", "Form", "Path", "Pen", "from_0_to_4", "from_5_to_9"]
