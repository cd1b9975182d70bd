"""What is said in more than one place, worded once."""

NO_INK = "There is no ink here. Draw one digit, large and with a clear stroke."
ONLY_A_DOT = "This is only a dot. Draw one digit, large and with a clear stroke."


def per_cent(share: float) -> str:
    """A probability for people; never 100% or 0%: rounding would claim a certainty no model has."""
    if share > 0.999:
        return "> 99.9%"
    if share < 0.001:
        return "< 0.1%"
    return f"{share:.1%}"
