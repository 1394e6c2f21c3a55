"""What is done in one place only: committing, writing a state, reading the environment."""

import ast

from tests.architecture.the_tree import ENROLL, MODULES, lines, name_of, refuse

COMMITS = ENROLL / "storage" / "database.py"
MOVES = ENROLL / "audit" / "moves.py"


def commits(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"


def writes_a_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets)
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return isinstance(node.target, ast.Attribute) and node.target.attr == "state"
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "setattr":
            return len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
        return called == "values" and any(keyword.arg == "state" for keyword in node.keywords)
    return False


def reads_the_environment(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in {"environ", "getenv"}
    )


def test_only_storage_commits():
    refuse(
        [f"{name_of(path)} {line}" for path in MODULES if path != COMMITS for line in lines(path, commits)],
        "Open `with transaction() as session:`; one that is opened inside another joins it, and the outermost commits.",
    )


def test_only_a_move_writes_a_state():
    refuse(
        [f"{name_of(path)} {line}" for path in MODULES if path != MOVES for line in lines(path, writes_a_state)],
        "Call make_move (or begin) of enroll/audit/moves.py: it asks the lifecycle, and writes version, history and "
        "audit in the same breath.",
    )


def test_only_config_reads_the_environment():
    refuse(
        [f"{name_of(path)} {line}" for path in MODULES for line in lines(path, reads_the_environment)],
        "config.py documents every setting and checks it at start; it reaches the program through create_app.",
    )


def is_an_anchored_pattern(node: ast.AST) -> bool:
    """A pattern that ends in `$`: it lets a trailing newline through."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    asks = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
    pattern = node.args[0] if asks and node.args else None
    written = ast.unparse(pattern).rstrip("'\"") if pattern is not None else ""
    return written.endswith("$") or written.lstrip("rbf'\"").startswith("^")


def test_a_shape_is_asked_of_the_whole_text():
    refuse(
        [f"{name_of(path)} {line}" for path in MODULES for line in lines(path, is_an_anchored_pattern)],
        "Write the pattern without ^ and $ and ask with fullmatch: `$` is satisfied by a newline at the end as well.",
    )
