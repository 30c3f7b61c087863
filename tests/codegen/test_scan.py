"""What the project asks of its models, found in its source."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormgen_codegen import scan as scanner
from ormgen_codegen.scan import Found, scan, search
from ormgen_codegen.source_files import source_files
from ormgen_codegen.usage import Usage


def usage(text: str) -> Usage:
    found = Found()
    search(text, found)
    return found.usage()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Hero.filter(team__name='x')", {"team__name"}),
        ("Hero.filter(Q(team__name = 'x') | Q(a__b__c=1))", {"team__name", "a__b__c"}),
        ("Hero.filter(**{'team__name': 1})", {"team__name"}),
        ('Hero.order_by("-team__name", "team__owner__name")', {"-team__name", "team__owner__name"}),
        ("Hero.filter(\n    team__name\n    =1)", {"team__name"}),
        ("Hero.filter(größe__gt=1)", {"größe__gt"}),
        ("Hero.filter(a_b__in=[], c1__d_e=2)", {"a_b__in", "c1__d_e"}),
        ("x.__init__(); __name__ == 'a'; _private__x = 1; a__ = 2; __b = 3", set()),
        ("team__name == 3; team__name.x; f(team__name)", set()),
        ("hero.team__name = 3", set()),
        ("'before team__name'; 'team__name behind'; 'a.team__name'", set()),
        ("f'{team__name}'", set()),
    ],
)
def test_keys(text: str, keys: set[str]) -> None:
    assert usage(text).keys == keys


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("Hero.all().select_related('team', 'mentor')", {("select_related", ("team", "mentor"))}),
        ("await hero.fetch_related(\n  'team',  # it's )\n)", {("fetch_related", ("team",))}),
        ("q.prefetch_related(Prefetch('a', queryset=X.filter(n=1)), 'b')", {("prefetch_related", ("a", "b"))}),
        ("q.prefetch_related(Prefetch('a', to_attr='z'), 'b')", set()),
        ("q.prefetch_related(*names)", set()),
        ("q.select_related(name)", set()),
        ("q.select_related()", set()),
        ("def select_related(self, 'x'): ...", set()),
        ("my_select_related('x')", set()),
        ("q.select_related('x'", set()),
        ("q.select_related('x)", set()),
        ("q.select_related('x' 'y')", {("select_related", ("xy",))}),
        ("q.select_related('''x''')", {("select_related", ("x",))}),
    ],
)
def test_loads(text: str, loads: set[tuple[str, tuple[str, ...]]]) -> None:
    assert usage(text).loads == loads


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("q.values('id', n='team__name')", {("values", ("id",), (("n", "team__name"),))}),
        ("q.values_list('id', 'name')", {("values_list", ("id", "name"), ())}),
        ("q.values_list('id', 'name', flat=False)", {("values_list", ("id", "name"), ())}),
        ("q.values_list('id', flat=True)", set()),
        ("q.values_list('id', flat=flat)", set()),
        ("d.values()", set()),
        ("q.values(*names)", set()),
        ("q.values('id', **more)", set()),
        ("q.values('id', n=name)", set()),
        ("some_values('id')", set()),
    ],
)
def test_rows(text: str, rows: set[object]) -> None:
    assert usage(text).rows == rows


def test_annotations() -> None:
    found = usage("q.annotate(n=Count('x'), m=fn.Sum('a__b', distinct=True), z=F('q') + 1, w=Lower(name))")
    given = (("n", "Count('x')"), ("m", "fn.Sum('a__b', distinct=True)"), ("z", "F('q') + 1"), ("w", "Lower(name)"))
    assert found.chains == {(("annotate", given),)}
    assert not usage("q.annotate(**kinds)").chains
    assert not usage("q.annotate()").chains
    assert usage(f"q.annotate(n=F('{'x' * 2_000}'))").chains == {(("annotate", (("n", ""),)),)}


N, M = ("annotate", (("n", "Count('x')"),)), ("annotate", (("m", "Sum('y')"),))
LOADED = ("select_related", ("team",))


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        ("q().annotate(n=Count('x')).annotate(m=Sum('y'))", {(N,), (N, M)}),
        ("q().annotate(n=Count('x')).filter(n=1)\n  .annotate(m=Sum('y')).get()", {(N,), (N, M)}),
        ("q().select_related('team').annotate(n=Count('x'))", {(LOADED, N)}),
        ("q().annotate(n=Count('x')).select_related('team')", {(N,), (N, LOADED)}),
        ("q().prefetch_related('team')", set()),
        ("q().select_related(*names).annotate(n=Count('x'))", {(N,)}),
        ("a = Hero.annotate(n=Count('x'))\nb = a.annotate(m=Sum('y'))", {(N,), (M,), (N, M)}),
        ("a: Any = (\n  q()\n  .annotate(n=Count('x'))\n)\nb = await a.annotate(m=Sum('y'))", {(N,), (M,), (N, M)}),
        ("a = q().annotate(n=Count('x'))\na = a.filter(x=')')\nb = a.annotate(m=Sum('y'))", {(N,), (M,), (N, M)}),
        ("a == q().annotate(n=Count('x'))\nb = a.annotate(m=Sum('y'))", {(N,), (M,)}),
        ("a = a.annotate(n=Count('x'))", {(N,)}),
        ("q().annotate(n=Count('x')).aggregate(m=Sum('y'))", {(N,), (N, ("aggregate", M[1]))}),
        ("q().aggregate(**kinds)", set()),
        ("a = '\nb = a.annotate(n=Count('x'))", {(N,)}),
        ("a = (\nb = a.annotate(n=Count('x'))", {(N,)}),
    ],
)
def test_chains(text: str, chains: set[object]) -> None:
    assert usage(text).chains | {chain for found in usage(text).of.values() for chain in found.chains} == chains


JOIN, LISTS = ("select_related", ("team",)), ("prefetch_related", ("missions",))
OWN = ("prefetch_related", ("missions()", "friends(few)", "team"))


@pytest.mark.parametrize(
    ("text", "loadings"),
    [
        ("q().select_related('team').filter(n=1).prefetch_related('missions')", {(JOIN, LISTS)}),
        ("a = q().select_related('team')\nb = a.prefetch_related('missions')", {(JOIN, LISTS)}),
        ("q().prefetch_related(Prefetch('missions', X.all()), x.Prefetch('friends', z, 'few'), 'team')", {(OWN,)}),
        (
            "q().prefetch_related(Prefetch('missions', queryset=X.all(), to_attr=None), 'a')",
            {(("prefetch_related", ("missions()", "a")),)},
        ),
        ("hero.fetch_related(Prefetch('missions', X.all()))", {(("fetch_related", ("missions()",)),)}),
        ("hero = await q().select_related('team')\nawait hero.fetch_related('missions')", set()),
        ("q().prefetch_related('missions')", set()),
        ("q().prefetch_related(Prefetch(name, X.all()))", set()),
        ("q().prefetch_related(Prefetch('missions', X.all(), name), 'team')", set()),
        ("q().prefetch_related(other('missions'))", set()),
    ],
)
def test_loadings(text: str, loadings: set[object]) -> None:
    assert usage(text).loadings | {each for found in usage(text).of.values() for each in found.loadings} == loadings
    assert not usage(text).chains


def test_attributes_of_prefetch() -> None:
    found = usage("Prefetch('heroes', Hero.all(), 'strong'); Prefetch(relation='x', to_attr='y'); Prefetch('z')")
    assert found.to_attrs == {("heroes", "strong"), ("x", "y")}


def put(path: Path, text: str = "q.values('id')") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_what_is_passed_over(tmp_path: Path) -> None:
    kept = [put(tmp_path / "a.py"), put(tmp_path / "b" / "c.py"), put(tmp_path / "src" / "z.py")]
    for name in (".hidden/x.py", "node_modules/x.py", "b/__pycache__/x.py", "lib/site-packages/x.py", "a.pyi", ".x.py"):
        put(tmp_path / name)
    put(tmp_path / "env" / "pyvenv.cfg")
    put(tmp_path / "env" / "lib" / "x.py")
    put(tmp_path / "left" / "out.py")
    (tmp_path / "link").symlink_to(tmp_path)
    assert list(source_files([tmp_path, tmp_path / "b", kept[0]], [tmp_path / "left"])) == kept


def test_files_that_are_not_python(tmp_path: Path) -> None:
    put(tmp_path / "broken.py", "def (:\n q.values('id')\n x = '''")
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\nq.filter(größe__gt=1)".encode("latin-1"))
    (tmp_path / "strange.py").write_bytes(b"# coding: nonsense\n\xff\x00 q.values('name')")
    (tmp_path / "unreadable.py").symlink_to(tmp_path / "nowhere")
    found = scan([tmp_path, tmp_path / "not_there"])
    assert {row[1] for row in found.rows} == {("id",), ("name",)}
    assert found.keys == {"größe__gt"}


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        put(tmp_path / f"{name}.py", f"q.values('{name}')")
    put(tmp_path / "big.py", "#" * 100 + "\nq.values('big')")
    told: list[str] = []
    monkeypatch.setattr(scanner, "LARGEST_FILE", 50)
    monkeypatch.setattr(scanner, "MOST_FILES", 3)
    assert {row[1] for row in scan([tmp_path], warn=told.append).rows} == {("a",), ("b",)}
    assert told[0].startswith("big.py has more than 50 bytes")
    assert told[1].startswith("only the first 3 files")


@given(st.text(alphabet="values('\"\\#\n)(,f=__x"))
def test_never_raises(text: str) -> None:
    usage(text)
    usage(f"q.values({text}")
    usage(f"q.select_related('{text}')")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hero.q.name", True),
        ("start = Hero . q\n", True),
        ("Hero.query", False),
        ("q.name", False),
        ("x.quit()", False),
    ],
)
def test_the_beginning_of_a_path(text: str, found: bool) -> None:
    assert ("q" in usage(text).marks) is found
