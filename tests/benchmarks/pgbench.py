"""The same hot rows without any program around them: what the database alone could do."""

import re
import subprocess
from pathlib import Path

from sqlalchemy import make_url, text

from enroll.storage.database import db
from tests.benchmarks.house import House

# Two seats are taken and two bookings written down: what nobody can do without. The rest is what a program adds.
SCRIPT = """\\set person random(1, 1000000)
BEGIN;
UPDATE sitting SET taken = (taken + 1) % capacity WHERE id = 1 AND taken < capacity;
UPDATE sitting SET taken = (taken + 1) % capacity WHERE id = 2 AND taken < capacity;
INSERT INTO bench_booking (sitting_id, person) VALUES (1, :person), (2, :person);
COMMIT;
"""
TABLE = "CREATE TABLE bench_booking (id bigserial PRIMARY KEY, sitting_id integer REFERENCES sitting, person bigint)"


def transactions_per_second(house: House, *, clients: int, seconds: float) -> float:
    """What pgbench of the same PostgreSQL gets through with so many clients."""
    programs = Path((house.folder / "postgresql" / "programs").read_text())
    script = house.folder / "hot.sql"
    script.write_text(SCRIPT)
    script.chmod(0o644)
    place = make_url(house.settings["SQLALCHEMY_DATABASE_URI"])
    common = ["-h", str(place.query["host"]), "-U", "postgres"]
    with db.engine.begin() as connection:
        connection.execute(text(TABLE))
    done = subprocess.run([
        str(programs / "pgbench"), *common, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T",
        str(max(round(seconds), 1)), "-f", str(script), "bench",
    ], check=True, capture_output=True, text=True)  # fmt: skip
    return float(re.findall(r"tps = ([0-9.]+)", done.stdout)[-1])
