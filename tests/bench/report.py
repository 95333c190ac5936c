"""Medians and how far the rounds lay apart; and whether a bound is reached."""
import statistics


class Series:
    """One quantity, measured in several rounds."""

    def __init__(self, values):
        self.values = list(values)
        self.median = statistics.median(self.values)

    def show(self, digits=1):
        low, high = min(self.values), max(self.values)
        spread = f" ({low:,.{digits}f}–{high:,.{digits}f})" if len(self.values) > 1 else ""
        return f"{self.median:,.{digits}f}{spread}"


class Report:
    """The bounds that were looked at, in order."""

    def __init__(self):
        self.rows = []

    def at_least(self, what, series, bound, unit="", digits=2):
        self._add(what, series, f"≥ {bound:g}{unit}", series.median >= bound, unit, digits)

    def below(self, what, series, bound, unit="", digits=2):
        self._add(what, series, f"< {bound:g}{unit}", series.median < bound, unit, digits)

    def at_most(self, what, series, bound, unit="", digits=2):
        self._add(what, series, f"≤ {bound:g}{unit}", series.median <= bound, unit, digits)

    def _add(self, what, series, bound, reached, unit, digits):
        self.rows.append((what, series.show(digits) + unit, bound, reached))

    def print_summary(self):
        """The table of bounds; True when all are reached."""
        head = ("figure", "measured: median (min–max)", "bound", "")
        rows = [(w, s, b, "reached" if ok else "NOT reached") for w, s, b, ok in self.rows]
        print_table("Summary", head, rows)
        missed = sum(1 for row in self.rows if not row[3])
        print(f"\n{len(self.rows) - missed} of {len(self.rows)} bounds reached"
              + ("." if not missed else f", {missed} NOT reached."))
        return missed == 0


def print_table(title, head, rows):
    """Columns as wide as they need; the first to the left, the others to the right."""
    table = [tuple(str(cell) for cell in row) for row in [head, *rows]]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    print(f"\n{title}")
    for row in table:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells).rstrip())
