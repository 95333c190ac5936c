"""What an answer of a panel may be: each takes one, and tells what is wrong with it, or nothing."""


def near(value, within=0.15, beside=0.0):
    """One series, that is so much, with a share of it, or so much beside, of tolerance."""
    return between(value - within * abs(value) - beside, value + within * abs(value) + beside)


def between(low, high):
    """One series, that is so."""

    def check(answer):
        if len(answer.series) > 1:
            return f"{len(answer.series)} series and not one: {answer.series[:3]}"
        return each(low, high)(answer)

    return check


def in_all(one, per=1.0):
    """Of a graph since the world's events began: what it adds up to, with `per` seconds for one."""

    def check(answer):
        added_up = answer.added_up()
        added_up.series = [(labels, number / per) for labels, number in added_up.series]
        return one(added_up)

    check.is_of_all_that_happened = True
    return check


def at(namespace, times, late):
    """Annotations of this namespace: one for each of the times, at most so many seconds later."""

    def check(answer):
        found = sorted(
            when
            for labels, points in answer.points
            for when, _ in points
            if labels["namespace"] == namespace
        )
        if len(found) != len(times) or any(
            not 0 <= when - time <= late for when, time in zip(found, times)
        ):
            return f"at {found}, and not {late:.1f} s after {times}"

    check.is_of_all_that_happened = True
    return check


def each(low, high):
    """Some series, each of which is so."""

    def check(answer):
        if not answer.series:
            return f"empty, and not from {low:.4g} to {high:.4g}"
        for labels, number in answer.series:
            if not low <= number <= high:
                return f"{number:.4g} {labels} is not from {low:.4g} to {high:.4g}"

    return check


def by(label, **expected):
    """One series for each value of a label."""

    def check(answer):
        if more := answer.by(label).keys() - expected.keys():
            return f"{label} is {sorted(more)}, too"
        return among(label, **expected)(answer)

    return check


def among(label, **expected):
    """One series for each of these values of a label, and maybe others."""

    def check(answer):
        numbers = answer.by(label)
        for key, one in expected.items():
            found = numbers.get(key, [])
            if len(found) != 1:
                return f"{len(found)} series whose {label} is {key}: {found}"
            if problem := one(type(answer)([({label: key}, found[0])])):
                return problem

    return check


def counted(label, least, most, one):
    """By a label's values how many there were, each of which counts for `one`, in windows that
    follow each other. What happens between the last scrape of a window and the first of the next is
    in neither, and everything else is a twentieth more."""

    def check(answer):
        numbers = answer.by(label)
        for key in numbers.keys() | least.keys():
            found = numbers.get(key, [0])
            low, high = max(0, least[key] - 1) * one, 1.08 * most[key] * one
            if len(found) != 1 or not low <= found[0] <= high:
                return f"{label} {key} is {found}, and not from {low:.4g} to {high:.4g}"

    return check


def has(label, *values):
    """What a variable offers, from however many series."""

    def check(answer):
        if missing := set(values) - answer.by(label).keys():
            return f"no {label} is {sorted(missing)}"

    return check


def fire(expected):
    """Alerts by their names: exactly these, each as severe as it is."""

    def check(answer):
        found = sorted((labels["alertname"], int(number)) for labels, number in answer.series)
        if found != sorted(expected):
            return f"{found}, and not {sorted(expected)}"

    return check


def nothing(answer):
    if answer.series:
        return f"not empty: {answer.series[0]}"


ZERO, ONE = between(0, 0), between(1, 1)
