"""Writes UnicodeDecompositions.txt from the Unicode data of the Python that runs it (3.11: Unicode 14.0).

Lines: "z CLASS CODE..." combining classes; "c CODE MAPPING..." canonical decompositions that compose again, "d" those that do not,
"k" compatibility decompositions. Numbers are hexadecimal, a run of code points is FIRST-LAST.
"""
import sys
import unicodedata as u


def runs(codes):
    start = last = codes[0]
    for code in codes[1:] + [None]:
        if code != last + 1 if code is not None else True:
            yield f"{start:X}-{last:X}" if last > start else f"{start:X}"
            start = code
        last = code


lines = [f"# Unicode {u.unidata_version}; made by unicode_decompositions.py from the Unicode Character Database (Unicode licence v3)"]
classes, mappings = {}, []
for code in range(sys.maxunicode + 1):
    char = chr(code)
    if u.combining(char):
        classes.setdefault(u.combining(char), []).append(code)
    mapping = u.decomposition(char).split()
    if not mapping:
        continue
    if mapping[0].startswith("<"):
        kind, mapping = "k", mapping[1:]
    else:
        kind = "c" if len(mapping) == 2 and u.normalize("NFC", char) == char else "d"
    mappings.append(f"{kind} {code:X} " + " ".join(f"{int(m, 16):X}" for m in mapping))
lines += [f"z {value:X} " + " ".join(runs(codes)) for value, codes in sorted(classes.items())]
open("UnicodeDecompositions.txt", "w").write("\n".join(lines + mappings) + "\n")
