"""Worlds to begin in: one where nobody has come yet, and one in which somebody has just studied 35 hours."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from enroll.storage.database import db
from tests.databases import Databases
from tests.journeys.ground import lay_ground
from tests.journeys.road import thirty_five_hours
from tests.journeys.world import BEGIN, World

NAME = "35_hours"


@dataclass(frozen=True)
class Kept:
    """A state of the whole house: its moment, and where its files are; the database keeps itself."""

    at: datetime
    files: Path


KEPT: dict[str, Kept] = {}
"""Once for each kind of database in a process: the way there takes seconds, bringing it back a tenth of one."""


@pytest.fixture
def world(app: Flask) -> World:
    """The house as it opens its doors on 2 November 2026, 9:00."""
    app.extensions["clock"].set(BEGIN)
    lay_ground()
    return World(app)


@pytest.fixture
def studied(app: Flask, database: str, databases: Databases) -> World:
    """The same house when 陈静 has her proof of 35 hours, and registration for January has just opened."""
    if database not in KEPT:
        app.extensions["clock"].set(BEGIN)
        lay_ground()
        world = World(app)
        thirty_five_hours(world)
        KEPT[database] = _keep(app, database, databases, world.now)
    kept = KEPT[database]
    _let_go_of_the_database()
    databases.bring_back(database, NAME)
    shutil.rmtree(app.config["UPLOAD_DIR"], ignore_errors=True)
    shutil.copytree(kept.files, app.config["UPLOAD_DIR"])
    app.extensions["clock"].set(kept.at)
    return World(app)


def _keep(app: Flask, database: str, databases: Databases, at: datetime) -> Kept:
    _let_go_of_the_database()
    databases.keep(database, NAME)
    files = databases.run_folder / f"files-{NAME}-{database}-{databases.worker}"
    shutil.copytree(app.config["UPLOAD_DIR"], files)
    return Kept(at, files)


def _let_go_of_the_database() -> None:
    db.session.remove()
    db.engine.dispose()
