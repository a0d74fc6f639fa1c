"""Which piece of Python writes a case's state, or hides from the reader whether it does."""

import ast
import re

LISTED = {"bulk_update": 1, "bulk_create": None, "update_or_create": None}
"""Writers that name columns in a list or dictionary; the place of it among the arguments."""
NAMING = ("fields", "update_fields", "defaults", "create_defaults")
SETTERS = ("setattr", "__setattr__")
SQL = re.compile(
    r"\bUPDATE\b.*?\bSET(?:\s|(?:(?!\bWHERE\b|\bFROM\b|\bRETURNING\b).)*?[,(])\s*"
    r"[\"\w.]*?\"?\bstate\"?\s*[=,)]",
    re.IGNORECASE | re.DOTALL,
)


def writes_state(node: ast.AST) -> bool:
    """Whether a call, an assignment or an SQL text sets a column or attribute `state`."""
    match node:
        case ast.Call():
            return _call_writes(node)
        case ast.Assign(targets=targets):
            return any(_is_state(target) for target in targets)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return _is_state(target)
        case ast.Constant(value=str()) | ast.JoinedStr():
            return SQL.search(ast.unparse(node)) is not None
    return False


def _is_state(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return any(_is_state(each) for each in target.elts)
    if isinstance(target, ast.Subscript):
        return _names_state(target.slice) and "__dict__" in ast.unparse(target.value)
    return isinstance(target, ast.Attribute) and target.attr == "state"


def _call_writes(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in SETTERS:
        return any(_names_state(each) for each in call.args)
    if name == "update":
        return any(k.arg == "state" or (not k.arg and _hides(k.value)) for k in call.keywords)
    if name not in LISTED:
        return False
    given = [each.value for each in call.keywords if each.arg in NAMING]
    place = LISTED[name]
    given += call.args[place : place + 1] if place is not None else []
    return any(_hides(each) for each in given)


def _hides(columns: ast.expr) -> bool:
    """Whether the named columns hold the state, or cannot be read here."""
    if not isinstance(columns, ast.List | ast.Tuple | ast.Dict):
        return True
    names = columns.keys if isinstance(columns, ast.Dict) else columns.elts
    return any(not isinstance(each, ast.Constant) or _names_state(each) for each in names)


def _names_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"
