"""What reaches a terminal from the faces has passed the sanitiser: read from their code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import frontend

ROOT = Path(frontend.__file__).parents[1]

#: Calls that put a text on the terminal: functions, widgets, methods.
SINKS = frozenset(
    {"print", "echo", "secho", "style", "Static", "Label", "Text", "Segment", "notify",
     "write", "append", "assemble", "from_markup", "Content"}
)  # fmt: skip

#: Those among them that are a list's or a file's too: looked at when called on one of these.
ONLY_ON = {"append": {"text", "line", "content"}, "write": {"stdout", "stderr", "console"}}

#: Fields of records and errors that hold what a user, a file, a model or a system wrote.
RAW = frozenset(
    {"text", "title", "preview", "snippet", "name", "aliases", "journal", "message", "safe",
     "hint", "error", "reason", "detail", "label", "heading"}
)  # fmt: skip

#: What makes a text safe, or makes of it something that is no text of anybody's.
SAFE = frozenset(
    {"for_terminal", "for_terminal_line", "print_line", "print_text", "print_json", "show_message",
     "describe", "len", "cell_len", "bool", "isinstance", "int", "count_words"}
)  # fmt: skip

#: Where a raw-looking field is none, with the reason.
ALLOWED = {
    (
        "frontend/tui/widgets/panes/reader.py",
        "_text_segments",
    ): "frontend/tui/text/entry_view.py lays out safe text",
    ("frontend/tui/widgets/lists/command_list.py", "row_segments"): "a key, a day or words of ours",
    ("frontend/tui/widgets/lists/choice_list.py", "row_segments"): "a number or words of ours",
    ("frontend/tui/widgets/panes/connections.py", "paint"): "its pieces are made of safe names",
}


def name_of(function: ast.expr) -> str:
    """The last word of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def raw_parts(node: ast.expr, raw_names: set[str]) -> Iterator[str]:
    """The raw texts in an expression, as far as it is passed on unsanitised."""
    if isinstance(node, ast.Call):
        if name_of(node.func) in SAFE:
            return
        # A method of a raw text gives a raw text.
        parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node.func, ast.Attribute):
            parts.append(node.func.value)
        for part in parts:
            yield from raw_parts(part, raw_names)
    elif isinstance(node, ast.Attribute):
        if node.attr in RAW:
            yield ast.unparse(node)
    elif isinstance(node, ast.Name):
        if node.id in raw_names:
            yield node.id
    elif isinstance(node, ast.Compare):
        return
    elif isinstance(node, ast.IfExp):
        yield from raw_parts(node.body, raw_names)
        yield from raw_parts(node.orelse, raw_names)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from raw_parts(child, raw_names)
            elif isinstance(child, ast.comprehension):
                yield from raw_parts(child.iter, raw_names)


def is_sink(call: ast.Call) -> bool:
    """Whether a call puts its arguments on the terminal."""
    name = name_of(call.func)
    if name not in SINKS:
        return False
    if name in ONLY_ON:
        return isinstance(call.func, ast.Attribute) and name_of(call.func.value) in ONLY_ON[name]
    return True


def find_raw(source: str) -> list[tuple[str, int, str]]:
    """Function, line and text of each raw text that is handed to a sink."""
    found = []
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for function in functions:
        raw_names: set[str] = set()
        statements = sorted(
            (node for node in ast.walk(function) if isinstance(node, ast.stmt | ast.Call)),
            key=lambda node: (node.lineno, node.col_offset),
        )
        for node in statements:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        is_raw = any(raw_parts(node.value, raw_names))
                        (raw_names.add if is_raw else raw_names.discard)(target.id)
            elif isinstance(node, ast.Call) and is_sink(node):
                for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                    found += [
                        (function.name, node.lineno, raw) for raw in raw_parts(part, raw_names)
                    ]
    return found


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "frontend").rglob("*.py")), ROOT / "charlie.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_raw_text_is_shown(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    raw = [
        f"{place}:{line} in {function}: {text}"
        for function, line, text in find_raw(path.read_text(encoding="utf-8"))
        if (place, function) not in ALLOWED
    ]
    assert raw == []


@pytest.mark.parametrize(
    "line",
    [
        "click.echo(entry.title)",
        "print(f'{entry.preview}')",
        "yield Static(entry.text.strip(), markup=False)",
        "self.notify(str(error.message))",
        "name = ' '.join(x.name for x in found) + entity.name\n    click.echo(name)",
        "Segment(hit.snippet[1:4], style)",
        "sys.stderr.write(error.hint)",
        "text.append(single_line(entry.title, 9))",
        "Text(entry.title if entry.title else 'none')",
    ],
)
def test_raw_text_is_found(line: str) -> None:
    assert find_raw(f"def show():\n    {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "click.echo(for_terminal(entry.text))",
        "title = for_terminal_line(entry.title)\n    click.echo(f'  {title}')",
        "print(len(entry.text))",
        "lines.append(entry.text)",
        "Static('none' if entry.title == '' else 'some')",
    ],
)
def test_safe_text_is_left_alone(line: str) -> None:
    assert find_raw(f"def show():\n    {line}\n") == []
