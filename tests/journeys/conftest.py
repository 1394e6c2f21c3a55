"""Where journeys begin: when somebody has just studied 35 hours, and when her ticket is out."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask

from enroll.storage.database import db
from tests.databases import Databases
from tests.journeys.ground import lay_ground
from tests.journeys.road import registers, thirty_five_hours
from tests.journeys.world import BEGIN, World
from tests.worlds import STANDING


@dataclass(frozen=True)
class Kept:
    """A state of the whole house: its moment, and where its files are; the database keeps itself."""

    at: datetime
    files: Path


class Snapshots:
    """States that several journeys start from. Each is made once for each kind of database in a process, by walking
    there through the pages: that takes seconds, bringing it back a tenth of one."""

    made: ClassVar[dict[tuple[str, str], Kept]] = {}

    def __init__(self, app: Flask, database: str, databases: Databases):
        self.app, self.database, self.databases = app, database, databases

    def begins_at(self, name: str, walk: Callable[[], World]) -> World:
        """The house in the state of this name; `walk` leads there the first time."""
        if (self.database, name) not in self.made:
            self.made[self.database, name] = self._keep(name, walk().now)
        kept = self.made[self.database, name]
        STANDING[-1].settle()
        _let_go_of_the_database()
        self.databases.bring_back(self.database, name)
        shutil.rmtree(self.app.config["UPLOAD_DIR"], ignore_errors=True)
        shutil.copytree(kept.files, self.app.config["UPLOAD_DIR"])
        self.app.extensions["clock"].set(kept.at)
        return World(self.app)

    def _keep(self, name: str, at: datetime) -> Kept:
        _let_go_of_the_database()
        self.databases.keep(self.database, name)
        files = self.databases.run_folder / f"files-{name}-{self.database}-{self.databases.worker}"
        shutil.copytree(self.app.config["UPLOAD_DIR"], files)
        return Kept(at, files)


@pytest.fixture
def studied(app: Flask, database: str, databases: Databases) -> World:
    """The house when 陈静 has her proof of 35 hours, and registration for January has just opened."""
    return Snapshots(app, database, databases).begins_at("35_hours", lambda: _opened(app, thirty_five_hours))


@pytest.fixture
def ticketed(app: Flask, database: str, databases: Databases) -> World:
    """The same house on the day on which her ticket for both parts is out."""
    snapshots = Snapshots(app, database, databases)

    def walk() -> World:
        world = snapshots.begins_at("35_hours", lambda: _opened(app, thirty_five_hours))
        registers(world)
        return world

    return snapshots.begins_at("ticketed", walk)


def _opened(app: Flask, walk: Callable[[World], object]) -> World:
    """The house opens its doors, and somebody walks in."""
    app.extensions["clock"].set(BEGIN)
    lay_ground()
    world = World(app)
    walk(world)
    return world


def _let_go_of_the_database() -> None:
    db.session.remove()
    db.engine.dispose()
