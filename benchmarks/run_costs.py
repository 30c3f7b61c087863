"""What ormgen costs beside statements: start-up, models, rows that are held, and results that are streamed."""

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ormgen
from places import postgres_url

PEAK = "\nprint([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
DRIVER = "import asyncio, aiosqlite"
USED = """
import asyncio, sys; sys.path.insert(0, {folder!r}); from ormgen import ORM
async def main():
    await ORM.init(db_url="sqlite://:memory:", modules={{"models": ["many"]}})
asyncio.run(main())
"""
INIT = """
import asyncio, sys, time; sys.path.insert(0, {folder!r}); from ormgen import ORM, Model, fields
import ormgen.database.apps
start = time.process_time()
async def main():
    await ORM.init(db_url="sqlite://:memory:", modules={{"models": ["many"]}})
asyncio.run(main()); print(round((time.process_time() - start) * 1000))
"""
STREAM = """
import asyncio, resource; from ormgen import ORM, Model, fields
class Item(Model):
    name = fields.CharField(max_length=50); number = fields.IntField()
async def main():
    await ORM.init(db_url={url!r}, modules={{"models": [__name__]}})
    await ORM.get_connection("default").execute_script(
        "DROP TABLE IF EXISTS item;"
        "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, number INT NOT NULL);"
        "INSERT INTO item SELECT n, 'item ' || n, n FROM generate_series(1, {rows}) AS n")
    [item async for item in Item.filter(id__lte=1_000)]
    before, count = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    async for item in Item.all():
        count += 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    await ORM.get_connection("default").execute_script("DROP TABLE item")
    await ORM.close_connections(); assert count == {rows}; print(round(grown / 1024, 1))
asyncio.run(main())
"""
HELD = """
import asyncio, tracemalloc; from ormgen import ORM, Model, fields
class Item(Model):
    name = fields.CharField(max_length=50); number = fields.IntField()
async def main():
    await ORM.init(db_url="sqlite://:memory:", modules={"models": [__name__]}); await ORM.generate_schemas()
    await Item.bulk_create([Item(name=f"item {n}", number=n) for n in range(20_000)])
    await Item.all().limit(10); tracemalloc.start(); held = await Item.all()
    print(round(tracemalloc.get_traced_memory()[0] / len(held))); await ORM.close_connections()
asyncio.run(main())
"""

HISTORY = """
import asyncio, pathlib, time
from ormgen.migrations import plan
folder = pathlib.Path({folder!r}); (folder / "models").mkdir(exist_ok=True)
top = "from ormgen import fields, migrations\\n\\n\\nclass Migration(migrations.Migration):\\n"
for at in range(1, {count} + 1):
    text = f'migrations.AddField("Team", "x{{at}}", fields.IntField(null=True))'
    if at == 1:
        text = 'migrations.CreateModel("Team", [("id", fields.IntField(primary_key=True))])'
    needs = f'    dependencies = [("models", "{{at - 1:04d}}_step")]\\n' if at > 1 else ""
    file = folder / "models" / f"{{at:04d}}_step.py"
    file.exists() or file.write_text(f"{{top}}{{needs}}    operations = [{{text}}]\\n")
start = time.process_time()
assert len(asyncio.run(plan(f"sqlite://{{folder}}/new.sqlite3", location=folder))) == {count}
print(round((time.process_time() - start) * 1000))
"""


def used(code: str) -> tuple[float, float]:
    """The least CPU milliseconds of five processes that run `code`, and the megabytes of one."""
    figures = []
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", code + PEAK], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        peak = float(process.stdout.read()) / 1024
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        figures.append(((usage.ru_utime + usage.ru_stime) * 1000, peak))
    return min(figures)


def told(code: str, runs: int = 1) -> float:
    """The least number that `code` prints."""
    return min(float(subprocess.check_output([sys.executable, "-W", "ignore", "-c", code])) for _ in range(runs))


def models(folder: str, count: int) -> None:
    """A module `many` with so many models, each with eight fields and a foreign key."""
    kinds = ("CharField(max_length=50)", "IntField()", "TextField(null=True)", "BooleanField(default=False)")
    lines = ["from ormgen import Model, fields", ""]
    for number in range(count):
        lines.append(f"class Model{number}(Model):")
        lines += [f"    field{at} = fields.{kinds[at % 4]}" for at in range(8)]
        target = max(0, number - 1)
        options = f'"models.Model{target}", related_name="others{number}", null=True'
        lines += [f"    other = fields.ForeignKeyField({options})", ""]
    (Path(folder) / "many.py").write_text("\n".join(lines))


def rows() -> list[tuple[str, str, str]]:
    """What was measured, the figure, the target."""
    found = []
    compileall.compile_dir(str(Path(ormgen.__file__).parent), quiet=1)  # as installing does
    with tempfile.TemporaryDirectory() as folder:
        models(folder, 50)
        bare, full, driver = used("pass"), used(USED.format(folder=folder)), used(DRIVER)
        cpu, memory = f"{full[0] - bare[0]:.0f} ms CPU", f"{full[1] - bare[1]:.1f} MB"
        found.append(("start with 50 models, above bare Python", f"{cpu}, {memory}", "60 ms, 14 MB"))
        found.append(("  of which asyncio and aiosqlite", f"{driver[0] - bare[0]:.0f} ms CPU", ""))
        for count in (50, 300, 1_000):
            models(folder, count)
            figure = f"{told(INIT.format(folder=folder), 3):.0f} ms CPU"
            found.append((f"define and init {count:,} models", figure, "150 ms" if count == 1_000 else ""))
    with tempfile.TemporaryDirectory() as folder:
        figure = f"{told(HISTORY.format(folder=folder, count=1_000), 3):.0f} ms CPU"
        found.append(("read, order and plan 1,000 migrations", figure, "1,000 ms"))
    found.append(("memory for each row held (3 columns)", f"{told(HELD):.0f} bytes", ""))
    for count, target in ((100_000, "5 MB"), (1_000_000, "50 MB")):
        grown = told(STREAM.format(url=postgres_url(), rows=count))
        found.append((f"growth while {count:,} rows are streamed, PostgreSQL", f"{grown:.1f} MB", target))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="start-up, models, memory")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    if given.markdown:
        print("## Start-up and memory\n\n| | reached | target |\n|---|---|---|")
    for title, figure, target in rows():
        print(f"| {title.strip()} | {figure} | {target} |" if given.markdown else f"{title:60}{figure:>24}{target:>16}")


if __name__ == "__main__":
    main()
