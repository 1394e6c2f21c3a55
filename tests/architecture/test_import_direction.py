"""The learner's journey is the import order; inside a feature, decisions come before tables before pages."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.the_tree import (
    ENROLL,
    FREE_NAMES,
    JOURNEY,
    LAYERS,
    MODULES,
    PACKAGES,
    imports_of,
    lines,
    name_of,
    own_imports_of,
    place,
    refuse,
    tree_of,
)

FRAMEWORKS = ("flask", "sqlalchemy", "wtforms", "alembic", "werkzeug", "jinja2")
WEB = ("flask", "wtforms", "werkzeug", "jinja2")
PURE = {"rules", "events", "permissions", "lifecycle"}
KNOW_NO_WEB = {*PURE, "models", "queries", "services"}
READ_NO_CLOCK = {*PURE, "models", "queries", "services"}
FOR_ITS_OWN_PACKAGE = {"forms", "views", "staff_views", "jobs"}
PAGES = {"forms", "views", "staff_views"}
IN_THE_JOURNEY = [path for path in MODULES if place(path)[0] in JOURNEY]
IN_FEATURES = [path for path in IN_THE_JOURNEY if place(path)[0] not in FREE_NAMES]


def features(layers: Iterable[str]) -> list[Path]:
    return [path for path in IN_FEATURES if place(path)[1] in layers]


def of_frameworks(path: Path, frameworks: tuple[str, ...]) -> list[str]:
    """Imports from these; Flask's extensions count as Flask: flask_login, flask_wtf."""
    return [name for name in imports_of(path) if name.split(".")[0].split("_")[0] in frameworks]


def test_a_package_uses_only_what_comes_earlier_in_the_journey():
    refuse(
        [
            f"{name_of(path)} imports {name}, which comes later than {place(path)[0]}"
            for path in IN_THE_JOURNEY
            for other, _, name in own_imports_of(path)
            if other in JOURNEY and JOURNEY.index(other) > JOURNEY.index(place(path)[0])
        ],
        "Later asks, earlier never tells: let the later package ask, or write an event to the outbox and handle it in "
        "the later package's jobs.py.",
    )


def test_nothing_imports_the_place_where_everything_is_put_together():
    refuse(
        [
            f"{name_of(path)} imports {name}"
            for path in IN_THE_JOURNEY
            for other, _, name in own_imports_of(path)
            if other not in JOURNEY
        ],
        "Only wsgi.py, the commands and the tests ask for create_app.",
    )


def test_inside_a_feature_decisions_come_before_tables_before_pages():
    refuse(
        [
            f"{name_of(path)} imports {name}"
            for path in features(LAYERS)
            for other, layer, name in own_imports_of(path)
            if other == place(path)[0] and layer in LAYERS and LAYERS.index(layer) > LAYERS.index(place(path)[1])
        ],
        f"A file uses the ones before it: {', '.join(LAYERS)}.",
    )


def test_forms_and_views_belong_to_their_package_alone():
    refuse(
        [
            f"{name_of(path)} imports {name}"
            for path in IN_THE_JOURNEY
            for other, layer, name in own_imports_of(path)
            if other != place(path)[0] and other not in FREE_NAMES and layer in FOR_ITS_OWN_PACKAGE
        ],
        "Pages of another package are reached by their address, its decisions by its services and queries; what two "
        "packages share belongs to web, or to the services of the earlier one.",
    )


def test_imports_stand_at_the_top_and_are_absolute():
    refuse(
        [
            f"{name_of(path)} line {inner.lineno}"
            for path in MODULES
            for outer in ast.walk(tree_of(path))
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for inner in ast.walk(outer)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ],
        "An import inside a function hides a circle: something stands in the wrong package.",
    )
    relative = [f"{name_of(path)}: {name}" for path in MODULES for name in imports_of(path) if name.startswith(".")]
    refuse(relative, "Write imports in full.")


def test_rules_and_lifecycles_are_pure():
    met = [f"{name_of(path)} imports {name}" for path in features(PURE) for name in of_frameworks(path, FRAMEWORKS)]
    met += [
        f"{name_of(path)} imports {name}"
        for path in features(PURE)
        for other, _, name in own_imports_of(path)
        if other in {"storage", "web", "documents"}
    ]
    refuse(met, "They decide from facts: gather these in queries.py into a frozen dataclass and hand them in.")


def test_the_foundation_is_plain_python():
    foundation = [path for path in MODULES if place(path)[0] == "foundation"]
    met = [f"{name_of(path)} imports {name}" for path in foundation for name in of_frameworks(path, FRAMEWORKS)]
    refuse(met, "Storage and web stand on the foundation, not under it.")


def test_services_and_queries_know_no_web():
    met = [f"{name_of(path)} imports {name}" for path in features(KNOW_NO_WEB) for name in of_frameworks(path, WEB)]
    met += [
        f"{name_of(path)} imports {name}"
        for path in features(KNOW_NO_WEB)
        for other, _, name in own_imports_of(path)
        if other == "web"
    ]
    refuse(
        met,
        "A job, an import and a test call it too: what it needs to know of the request comes as arguments (by=, now=, "
        "plain values).",
    )


def test_decisions_get_their_moment_as_an_argument():
    refuse(
        [
            f"{name_of(path)} {line}"
            for path in features(READ_NO_CLOCK)
            for line in lines(
                path,
                lambda node: (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in {"now", "utcnow", "today", "current_timestamp"}
                ),
            )
        ],
        "Nothing that decides reads a clock: take `now` as an argument.",
    )


def test_pages_ask_queries_and_never_the_database():
    refuse(
        [
            f"{name_of(path)} imports {name}"
            for path in features(PAGES)
            for name in imports_of(path)
            if name.split(".")[0] == "sqlalchemy"
        ],
        "Write the question in queries.py and give it a name.",
    )


def test_a_feature_uses_only_the_known_file_names():
    refuse(
        [
            name_of(path)
            for package in PACKAGES
            if package not in FREE_NAMES
            for path in (ENROLL / package).iterdir()
            if (path.suffix == ".py" or path.is_dir()) and path.stem not in {*LAYERS, "__init__", "__pycache__"}
        ],
        f"A feature has {', '.join(LAYERS)}; a file that grows past 300 lines becomes a folder of the same name. A "
        "value goes to foundation, a page matter to web.",
    )


def test_every_package_has_its_place_in_the_journey():
    packages = {path.parent.name for path in ENROLL.glob("*/__init__.py")}
    refuse(sorted(packages - set(JOURNEY)), "Where in a learner's life does it stand? JOURNEY in the_tree.py says.")
    files = {path.name for path in ENROLL.glob("*.py")} - {"__init__.py", "commands.py", "menu.py"}
    refuse(sorted(files), "Directly below enroll/ stand create_app, its menu and the commands alone.")


def test_every_package_says_what_it_is_for_and_nothing_else():
    inits = {path: tree_of(path) for path in MODULES if path.name == "__init__.py" and path.parent != ENROLL}
    silent = [name_of(path) for path, tree in inits.items() if not ast.get_docstring(tree)]
    refuse(silent, "One sentence: what the package is for.")
    more = [name_of(path) for path, tree in inits.items() if len(tree.body) > 1]
    refuse(more, "A docstring and nothing else; import from the file that defines.")
