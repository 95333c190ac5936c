#!/usr/bin/env python3
"""Checks that every #include follows the arrows of docs/architecture.md.

Usage: check.py [SOURCE_DIR]     exit 0 when all hold, 1 with one line per offence.
"""
import pathlib
import re
import sys

# Who may include whom, beside themselves. The ground floor knows nobody.
ALLOWED = {
    "mcp": set(),
    "net": set(),
    "vitals": set(),
    "probe": {"mcp", "net", "vitals"},
    "proxy": {"mcp", "net", "vitals"},
    "exporter": {"net", "vitals"},
    "scaler": {"mcp", "net", "vitals"},
    "app": {"mcp", "net", "vitals", "probe", "proxy", "exporter", "scaler"},
}
# Libraries that stand behind one door: header -> the only file that may include it.
FENCED = {
    r"rapidjson/": "mcp/json_reader.cc",
    r"civetweb\.h|CivetServer\.h": "exporter/civet.cc",
    r"ares\.h": "net/resolver.cc",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def offences(root):
    for folder, allowed in ALLOWED.items():
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            name = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                header = match.group(1)
                part = header.split("/")[0]
                if part in ALLOWED and part != folder and part not in allowed:
                    yield f"{name}:{number}: {folder}/ may not include {part}/ ({header})"
                for fence, door in FENCED.items():
                    if re.match(fence, header) and name != door:
                        yield f"{name}:{number}: {header} is included in {door} only"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(offences(root))
    print("\n".join(found) or "all include arrows hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
