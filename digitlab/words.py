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


def summary_line(summary: dict[str, float | int]) -> str:
    """What `evaluation.Summary.as_dict` says, in one line."""
    return (
        f"accuracy {summary['accuracy']:.2%}, loss {summary['loss']:.4f}, F1 {summary['f1']:.4f}, "
        f"calibration error {summary['calibration_error']:.2%}"
    )


def duration(seconds: float) -> str:
    """A length of time for people."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
