"""The pages of the documentation, and what is in them."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def all_pages():
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    for pattern in ("docs/**/*.md", "k8s/**/*.md", "alerts/**/*.md", "tests/*.md", "tests/*/README.md"):
        found += sorted(ROOT.glob(pattern))
    return found


def prose(page):
    """Without fenced blocks, in which a `[` begins no link and a `#` no heading."""
    return FENCE.sub("", page.read_text())


def links(page):
    return re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", prose(page)))


def anchors(page):
    """What its headings are called in a link, as GitHub makes it of them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(page):
    """Every line of a block of code, and every piece of code in a text, with its continuations."""
    text = page.read_text()
    lines = re.findall(r"^    ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    return [line.replace("\\\n", " ") for line in lines] + CODE.findall(re.sub(r"(?<=\w)\n(?=\w)", " ", text))


def section(page, heading):
    """From a heading to the next of any level."""
    text = page.read_text()
    start = text.index(f"# {heading}\n")
    end = text.find("\n#", start)
    return text[start:end if end > 0 else None]


def quoted(text):
    """The first cell of each row of its tables, where it is all code."""
    cells = re.findall(r"^\| (`.*?`(?: … `.*?`)*)(?: otherwise)? \|", text, re.MULTILINE)
    return [CODE.findall(cell) for cell in cells]


def table(text, *head):
    """The rows of the table with these columns at its beginning, as lists of cells."""
    rows, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" |")]
        if not line.startswith("|"):
            inside = False
        elif tuple(cells[:len(head)]) == head:
            inside = True
        elif inside and not set(line) <= set("|-: "):
            rows.append(cells)
    return rows
