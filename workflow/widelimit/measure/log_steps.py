"""Numbers of steps that are even in the logarithm, at which gradient descent is looked at."""


def log_steps(last: int, per_decade: int = 1, *, digits: int | None = None) -> list[int]:
    """The whole numbers nearest to 10^(i / per_decade), i = 0, 1, .., up to ``last`` >= 1.

    digits : significant digits to round to; 3 per decade of 1 digit are 1, 2, 5, 10, 20, ..
    """
    powers = (10 ** (i / per_decade) for i in range(per_decade * len(str(last)) + 1))
    if digits is not None:
        powers = (float(f"{power:.{digits}g}") for power in powers)
    return sorted({round(power) for power in powers if round(power) <= last})
