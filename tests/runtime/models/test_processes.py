"""Several processes write to one database at the same time: what was acknowledged is there, and the ledger balances."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from ormgen import ORM, connections

MODELS = """
from ormgen import Model, fields


class Account(Model):
    name = fields.CharField(max_length=20, unique=True)
    balance = fields.IntField()


class Entry(Model):
    label = fields.CharField(max_length=40, unique=True)
    amount = fields.IntField()
"""

# Each transfer reads, decides and writes: without locks or a writer of its own, updates would be lost.
PROGRAM = """
import asyncio
import random
import sys

from ledger_models import Account, Entry
from ormgen import ORM, run_async
from ormgen.transactions import run_transaction

URL, PROCESS, TIMES = sys.argv[1], sys.argv[2], int(sys.argv[3])


async def transfer(label):
    first, second = random.sample(range(1, 5), 2)

    async def work(connection):
        found = await Account.filter(id__in=[first, second]).order_by("id").select_for_update()
        accounts = {each.id: each for each in found}
        accounts[first].balance -= 1
        accounts[second].balance += 1
        await asyncio.sleep(0)
        await accounts[first].save()
        await accounts[second].save()
        await Entry.create(label=label, amount=1)

    await run_transaction(work, retries=50)
    print(label, flush=True)


async def main():
    await ORM.init(db_url=URL, modules={"models": ["ledger_models"]})
    for number in range(TIMES):
        await asyncio.gather(*(transfer(f"{PROCESS}-{number}-{task}") for task in range(3)))


run_async(main())
"""


@pytest.mark.parametrize("killed", [False, True], ids=["to the end", "one is killed"])
async def test_a_ledger_of_four_processes(db_url: str, tmp_path: Path, killed: bool) -> None:
    (tmp_path / "ledger_models.py").write_text(MODELS)
    (tmp_path / "program.py").write_text(PROGRAM)
    sys.path.insert(0, str(tmp_path))
    sys.modules.pop("ledger_models", None)
    try:
        await ORM.init(db_url=db_url, modules={"models": ["ledger_models"]})
    finally:
        sys.path.remove(str(tmp_path))
    await ORM.generate_schemas()
    account, entry = ORM.apps["models"]["Account"], ORM.apps["models"]["Entry"]
    await account.bulk_create([account(id=number, name=f"a{number}", balance=100) for number in range(1, 5)])
    told = await asyncio.gather(*(run(tmp_path, db_url, number, killed and number == 0) for number in range(4)))
    acknowledged = {label for labels in told for label in labels}
    found = set(await entry.all().values_list("label", flat=True))
    assert acknowledged <= found
    assert len(acknowledged) >= 3 * 3 * 8
    assert sum(await account.all().values_list("balance", flat=True)) == 400
    assert await entry.all().count() == len(found)
    if not killed:
        assert found == acknowledged
    assert connections.databases["default"].statistics().in_use == 0
    await ORM.close_connections()


async def run(folder: Path, url: str, number: int, killed: bool) -> list[str]:
    """What one process has acknowledged; `killed` ends it in the middle."""
    environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(folder / "program.py"), url, str(number), "8"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    told: list[str] = []
    async for line in process.stdout:
        told.append(line.decode().strip())
        if killed and len(told) == 5:
            process.send_signal(signal.SIGKILL)
    assert process.stderr is not None
    errors = await process.stderr.read()
    code = await process.wait()
    assert code == (-signal.SIGKILL if killed else 0), errors.decode()
    return told
