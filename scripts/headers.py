# SPDX-License-Identifier: MIT
"""Reads what a public header declares, and the comments that explain it.

Comments and declarations that no blank line parts form a block; within it a
comment explains what follows it, up to the next comment. Names that begin with
weft__ or WEFT__, fields that end in _, and what a comment calls "Private" are
left out.
"""
import re
from dataclasses import dataclass, field

GUARD = re.compile(r"#(ifndef|define) \w+_H$")
SCANNER = re.compile(r"""
    (?P<space>\s+)
  | (?P<comment>/\*.*?\*/)
  | (?P<directive>\#(?:\\\n|/\*.*?\*/|[^\n])*)
  | (?P<wrapper>WEFT_(?:BEGIN|END)_DECLARATIONS\b)
  | (?P<other>.)
""", re.VERBOSE | re.DOTALL)
ATTRIBUTE = re.compile(
    r"\b(WEFT_API|WEFT_MUST_USE|WEFT_NO_THREAD_SAFETY_ANALYSIS|static|inline"
    r"|extern|WEFT_(CAPABILITY|PRINTF|(TRY_)?ACQUIRE(_SHARED)?"
    r"|RELEASE(_SHARED)?|REQUIRES(_SHARED)?)\s*\([^()]*\))")


@dataclass
class Declaration:
    kind: str            # function, macro or type
    name: str
    text: str            # C, on one line; a structure keeps its lines
    constants: list = field(default_factory=list)    # of an enumeration
    value: str = ""      # of a macro
    note: str = ""       # the comment behind a macro


@dataclass
class Entry:
    comment: str         # "" where there is none
    declarations: list = field(default_factory=list)
    title: str = ""      # of the section that begins here


@dataclass
class Header:
    name: str            # "lock"
    prose: str
    entries: list

    def declarations(self):
        return [d for entry in self.entries for d in entry.declarations]


def plain(comment):
    """The words of a comment, one line each, without its frame."""
    lines = comment[2:-2].split("\n")
    lines[1:] = [re.sub(r"^\s*\* ?", "", line) for line in lines[1:]]
    lines[0] = lines[0].removeprefix(" ")
    return "\n".join(line.rstrip() for line in lines).strip("\n ")


def end_of_declaration(text, start):
    """Behind the semicolon, or behind the body of an inline function."""
    depth, aggregate = 0, re.match(r"typedef|struct|enum|union",
                                   text[start:]) is not None
    for found in re.compile(r"/\*.*?\*/|[{};]", re.DOTALL).finditer(text,
                                                                    start):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth == 0 and not aggregate:
                return found.end()
        elif found[0] == ";" and depth == 0:
            return found.end()
    raise ValueError("a declaration without an end: " + text[start:start + 60])


def items(text):
    """Yields (kind, text, whether a blank line stands before)."""
    position, blank = 0, True
    while position < len(text):
        found = SCANNER.match(text, position)
        kind, position = found.lastgroup, found.end()
        if kind == "space":
            blank = blank or found[0].count("\n") > 1
            continue
        if kind == "other":
            position = end_of_declaration(text, found.start())
        if kind != "wrapper":
            yield kind, text[found.start():position], blank
        blank = kind == "wrapper"


def parse_macro(text):
    note = " ".join(plain(comment.replace("\\\n", "\n")) for comment in
                    re.findall(r"/\*.*?\*/", text, re.DOTALL))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = " ".join(text.replace("\\\n", " ").split())
    found = re.match(r"#define (\w+)(\([^)]*\))? ?(.*)", text)
    return Declaration("macro", found[1], found[1] + (found[2] or ""),
                       value=found[3], note=note.strip())


def name_arguments(macros):
    """What a macro of options alone hands on says what its arguments are."""
    texts = {macro.name: macro.text for macro in macros}
    for macro in macros:
        inner = re.match(r"(WEFT__\w+|weft__\w+)\(__VA_ARGS__", macro.value)
        if macro.text.endswith("(...)") and inner:
            text = texts.get(inner[1], "(...)")
            macro.text = macro.name + text[text.index("("):]


def parse_aggregate(text):
    """A structure, union or enumeration, its private fields left out."""
    head, body = text.split("{", 1)
    body, tail = body.rsplit("}", 1)
    constants = []
    if "enum" in head.split():
        bare = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
        constants = re.findall(r"\b(WEFT_\w+)", bare)
    else:
        body = public_fields(body)
    name = tail.strip(" ;\n") or head.split()[-1]
    head = " ".join(head.split())
    return Declaration("type", name, f"{head} {{\n{body}\n}}{tail}", constants)


def public_fields(body):
    kept, comment = [], ""
    scanner = re.compile(r"\s*(/\*.*?\*/|union\s*\{.*?\};|[^;]*;"
                         r"(?:[ \t]*/\*.*?\*/)?)", re.DOTALL)
    for found in scanner.finditer(body):
        piece = found[1]
        if piece.startswith("/*"):
            comment = "" if plain(piece) == "Private." else f"    {piece}\n"
            continue
        declarator = re.sub(r"/\*.*?\*/|\[.*?\]", "", piece, flags=re.DOTALL)
        if not re.search(r"_[;,]", declarator):
            kept.append(f"{comment}    {piece}")
        comment = ""
    return "\n".join(kept) or "    /* private */"


def parse_declaration(text):
    """None: nothing that a caller sees."""
    if not text.startswith(("typedef", "struct", "enum", "union")):
        text = re.sub(r"\{.*", ";", text, flags=re.DOTALL)
    text = ATTRIBUTE.sub("", text)
    if "{" in text:
        return parse_aggregate(text)
    text = " ".join(text.split()).replace(" ;", ";").replace("( ", "(")
    if text.startswith("typedef"):
        name = re.search(r"\(\*(\w+)\)\(", text) or re.search(r"(\w+);", text)
        return Declaration("type", name[1], text)
    name = re.search(r"(\w+)\(", text)
    return Declaration("function", name[1], text) if name else None


def parse(name, text):
    prose, entries, titles = "", [], []
    for kind, item, blank in items(text):
        if kind == "directive" and GUARD.match(item):
            continue
        if kind == "comment" and "SPDX" in item:
            continue
        title = re.match(r"/\* -+ (.*?) -+ \*/", item)
        if title:
            titles.append(title[1])
            continue
        if kind == "comment":
            if not entries and not prose:
                prose = plain(item)
            else:
                entries.append(Entry(plain(item)))
            continue
        if blank or not entries:
            entries.append(Entry(""))
        if titles:
            entries[-1].title = titles.pop()
        if kind == "other":
            declaration = parse_declaration(item)
        elif item.startswith("#define"):
            declaration = parse_macro(item)
        else:
            declaration = None
        if declaration is not None:
            entries[-1].declarations.append(declaration)
    name_arguments([d for entry in entries for d in entry.declarations
                    if d.kind == "macro"])
    for entry in entries:
        private = re.search(r"\bPrivate[.:]", entry.comment)
        entry.declarations = [] if private else [
            d for d in entry.declarations
            if not d.name.lower().startswith("weft__")]
    return Header(name, prose, [e for e in entries if e.declarations])
