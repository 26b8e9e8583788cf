#!/usr/bin/env python3
"""Turns CEL's own conformance cases into the JSON files of this folder.

    convert.py CEL_SPEC OUT

CEL_SPEC is a checkout of cel-spec (the commit is in NOTICE). Left out are the cases that need protobuf
messages or enums, and those that ask for a type without a value; their expressions alone are kept in
`expressions/others.json`, for the parser. One file a textproto file, one case a line, so that a new
release of the specification is a readable diff.
"""

import base64
import json
import pathlib
import re
import sys

TOKEN = re.compile(
    r"""\s+|\#[^\n]*"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<word>[-+.\w]+)"""
    r"""|(?P<type>\[[\w./]+\](?=\s*[:{]))"""
    r"""|(?P<mark>[{}<>\[\]:;,])"""
)
ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}


def tokens(text):
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError(text[at : at + 40])
        at = match.end()
        if match.lastgroup:
            yield match.lastgroup, match.group(match.lastgroup)


def unquote(literal):
    """The bytes of a textproto string."""

    def escape(match):
        code = match.group(1)
        if code[0] in "01234567":
            return bytes([int(code, 8)])
        if code[0] in "xX":
            return bytes([int(code[1:], 16)])
        if code[0] in "uU":
            return chr(int(code[1:], 16)).encode()
        return ESCAPES.get(code, code.encode())

    out, at, body = b"", 0, literal[1:-1]
    for match in re.finditer(r"\\([0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", body):
        out += body[at : match.start()].encode() + escape(match)
        at = match.end()
    return out + body[at:].encode()


class Parser:
    """A message is a list of (field, value); a value is a message, bytes or a word."""

    def __init__(self, text):
        self.tokens, self.at = list(tokens(text)), 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def eat(self, mark):
        found = self.peek() == ("mark", mark)
        self.at += found
        return found

    def message(self, close):
        fields = []
        while not (close and self.eat(close)) and self.peek()[0] != "end":
            name = self.take()[1]
            self.eat(":")
            fields.extend((name, value) for value in self.values())
            while self.eat(",") or self.eat(";"):
                pass
        return fields

    def values(self):
        if not self.eat("["):
            return [self.value()]
        found = []
        while not self.eat("]"):
            found.append(self.value())
            self.eat(",")
        return found

    def value(self):
        if self.eat("{"):
            return self.message("}")
        if self.eat("<"):
            return self.message(">")
        kind, text = self.take()
        if kind != "text":
            return text
        joined = unquote(text)
        while self.peek()[0] == "text":
            joined += unquote(self.take()[1])
        return joined


def first(message, name, default=None):
    return next((value for field, value in message if field == name), default)


def every(message, name):
    return [value for field, value in message if field == name]


class NeedsMessages(Exception):
    """A case that cannot be told without protobuf messages."""


def well_known(message):
    """A `google.protobuf.Duration` or `Timestamp`, as seconds and nanoseconds."""
    (kind, body), *_ = message
    name = kind.strip("[]").rsplit("/", 1)[-1]
    short = {"google.protobuf.Duration": "duration", "google.protobuf.Timestamp": "timestamp"}.get(name)
    if not short:
        raise NeedsMessages(name)
    return {short: [int(first(body, "seconds", "0")), int(first(body, "nanos", "0"))]}


def value(message):
    """A `cel.expr.Value` as one entry: its kind, and what it holds."""
    (kind, held), *_ = message
    if kind == "bool_value":
        return {"bool": held == "true"}
    if kind == "int64_value":
        return {"int": str(int(held, 0))}
    if kind == "uint64_value":
        return {"uint": str(int(held, 0))}
    if kind == "double_value":
        return {"double": held.lower().rstrip("f") if held.lower() not in ("inf", "-inf") else held.lower()}
    if kind == "string_value":
        return {"string": held.decode()}
    if kind == "bytes_value":
        return {"bytes": base64.b64encode(held).decode()}
    if kind == "null_value":
        return {"null": True}
    if kind == "type_value":
        return {"type": held.decode()}
    if kind == "list_value":
        return {"list": [value(one) for one in every(held, "values")]}
    if kind == "map_value":
        pairs = every(held, "entries")
        return {"map": [[value(first(pair, "key")), value(first(pair, "value"))] for pair in pairs]}
    if kind == "object_value":
        return well_known(held)
    raise NeedsMessages(kind)


MESSAGES = re.compile(
    r"TestAllTypes|NullableStruct|TestRequired|GlobalEnum|proto[23]\b|cel\.expr\.conformance"
    r"|google\.protobuf\.(?!Duration\b|Timestamp\b)|google\.(rpc|api)|\b\w+Value\s*\{|\b(Any|Struct|Empty)\s*\{"
)
SCHEMAS = ("cel.expr.conformance", "google.protobuf")


def case(section, test):
    """The case as an object, or `None` if it asks for a type only."""
    expr = first(test, "expr", b"").decode()
    container = first(test, "container", b"").decode()
    if MESSAGES.search(expr) or container.startswith(SCHEMAS):
        raise NeedsMessages(expr)
    if first(test, "check_only") == "true":
        return None
    told = {"name": section + "/" + first(test, "name").decode(), "expr": expr}
    if container:
        told["container"] = container
    bindings = {}
    for entry in every(test, "bindings"):
        held = first(entry, "value", [])
        bindings[first(entry, "key").decode()] = value(first(held, "value", held))
    if bindings:
        told["bindings"] = bindings
    typed = first(test, "typed_result")
    result = first(test, "value") or (typed and first(typed, "result"))
    error = first(test, "eval_error")
    if error is not None:
        told["error"] = first(first(error, "errors", []), "message", b"").decode()
    elif result is not None:
        told["value"] = value(result)
    elif any(first(test, name) is not None for name in ("any_eval_errors", "unknown", "any_unknowns")):
        raise NeedsMessages("unknowns")
    else:
        # The schema's default: what is not said to come to anything comes to true.
        told["value"] = {"bool": True}
    return told


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    total, others = 0, []
    for path in sorted((source / "tests/simple/testdata").glob("*.textproto")):
        cases = []
        for section in every(Parser(path.read_text()).message(None), "section"):
            name = first(section, "name", b"").decode()
            for test in every(section, "test"):
                try:
                    told = case(name, test)
                except NeedsMessages:
                    told = None
                if told:
                    cases.append(told)
                else:
                    others.append(first(test, "expr", b"").decode())
        lines = [json.dumps(one, ensure_ascii=False) for one in cases]
        total += len(lines)
        if lines:
            (out / (path.stem + ".json")).write_text("[\n" + ",\n".join(lines) + "\n]\n")
        print(f"{len(lines):5} {path.stem}")
    lines = [json.dumps(one, ensure_ascii=False) for one in sorted(set(others))]
    (out / "expressions").mkdir(exist_ok=True)
    (out / "expressions/others.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{total:5} in all, {len(lines)} other expressions")


main()
