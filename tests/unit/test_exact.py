"""Reading source with exact rationals, and what counts as the same number."""

from __future__ import annotations

import ast
import traceback
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from fwdpass.errors import ArgumentError, NumeralError
from fwdpass.numerals.exact import Arithmetic, agree, compile_source, compile_tree, rational, settle

F = Fraction
NAN = float("nan")


def evaluate(source: str, **names: Any) -> Any:
    return eval(compile_source(source, "<page>", "eval", Arithmetic.EXACT), names)


def run(source: str, arithmetic: Arithmetic = Arithmetic.EXACT) -> dict[str, Any]:
    names: dict[str, Any] = {"np": np}
    exec(compile_source(source, "<page>", "exec", arithmetic), names)
    return names


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("0.1 + 0.2", F(3, 10)),
        ("1.", F(1)),
        (".5", F(1, 2)),
        ("1e3", F(1000)),
        ("1_000.000_1", F("1000.0001")),
        ("1.5E-2", F(3, 200)),
        ("1e-400", F(1, 10**400)),
        ("1e308 * 10", F(10**309)),
        ("0.1000000000000000055511151231257827", F("0.1000000000000000055511151231257827")),
        ("-0.0", F(0)),
        ("3", 3),
        ("True", True),
        ("'0.1'", "0.1"),
        ("b'0.1'", b"0.1"),
        ("None", None),
        ("1.5j", 1.5j),
        ("0.5 + 2j", 0.5 + 2j),
        ("[0.1, (0.2, {0.3: 0.4})]", [F(1, 10), (F(1, 5), {F(3, 10): F(2, 5)})]),
        ("[x * 0.1 for x in (0.5, 2)]", [F(1, 20), F(1, 5)]),
        ("(lambda a=0.1: a + 0.2)()", F(3, 10)),
        ("0.1 if 0.2 < 0.3 else 0.4", F(1, 10)),
        ("max(0, 0.5)", F(1, 2)),
        ("0.5 ** 2", F(1, 4)),
        ("'é' and 0.1", F(1, 10)),
        ("(0.1,\n  0.2,\r\n 0.25)", (F(1, 10), F(1, 5), F(1, 4))),
        ('("""a\n0.7""", 0.1)[1]', F(1, 10)),
        ("1e400 == float('inf')", True),
    ],
)
def test_float_literals_become_the_decimals_that_were_written_and_nothing_else_changes(source: str, value: Any) -> None:
    computed = evaluate(source)
    assert computed == value
    assert type(computed) is type(value)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("f'{0.1}'", "1/10"),
        ("f'a{0.1 + 0.2}b{x!r}'", "a3/10b2"),
        ("f'{x:>{2 + 3}}'", "    2"),
        ("f'''{\n0.5 *\n 3}'''", "3/2"),
        ("f'{0.1}' '0.1'", "1/100.1"),
        ("f'{f\"{0.25}\"}'", "1/4"),
        ("f'{{0.1}}'", "{0.1}"),
    ],
)
def test_literals_inside_an_f_string_are_read_exactly(source: str, shown: str) -> None:
    assert evaluate(source, x=2) == shown


def test_after_an_f_string_places_are_found_again() -> None:
    assert evaluate("(f'{0.1}', 0.1000000000000000055511151231257827)")[1] == F("0.1000000000000000055511151231257827")


def test_statements_of_every_kind_still_run() -> None:
    names = run(
        "'a docstring, 0.1'\n"
        "from __future__ import annotations\n"
        "rate: 0.5 = 0.1\n"
        "class Layer:\n"
        "    __bias = 0.25\n"
        "    def sum(self, x=0.5, *, y=0.5): return self.__bias + x + y\n"
        "total = Layer().sum()\n"
        "total += 0.1\n"
        "match total:\n"
        "    case 0.5 | -0.5 | 1.5: kind = 'half'\n"
        "    case _: kind = 'other'\n"
        "if (w := 0.3) > 0.2: del w\n"
    )
    assert names["total"] == F(27, 20)
    assert names["rate"] == F(1, 10)
    assert names["kind"] == "other"
    assert names["__doc__"] == "a docstring, 0.1"
    assert "w" not in names


def test_a_page_finds_no_name_that_it_did_not_make() -> None:
    assert set(run("a = 0.1")) == {"np", "a", "__builtins__"}


def test_the_float_reading_is_pythons_own() -> None:
    assert run("a = 0.1 + 0.2", Arithmetic.FLOAT64)["a"] == 0.1 + 0.2


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_what_fails_points_at_the_line_that_was_written(arithmetic: Arithmetic) -> None:
    with pytest.raises(ZeroDivisionError) as failure:
        run("a = 0.1\n\nb = (0.5 /\n   (a - a))\n", arithmetic)
    frames = traceback.extract_tb(failure.value.__traceback__)
    assert [frame.lineno for frame in frames if frame.filename == "<page>"] == [3]


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_a_syntax_error_keeps_its_place(arithmetic: Arithmetic) -> None:
    with pytest.raises(SyntaxError) as failure:
        run("a = 0.1\nb = = 2", arithmetic)
    assert (failure.value.filename, failure.value.lineno) == ("<page>", 2)


def test_a_tree_compiles_as_what_it_is() -> None:
    source = "0.1 + 0.2"
    for mode in ("eval", "exec"):
        code = compile_tree(ast.parse(source, mode=mode), source, "<page>", Arithmetic.EXACT)
        assert eval(code) == (F(3, 10) if mode == "eval" else None)


def test_numpys_operators_work_on_rationals_unchanged() -> None:
    """What the book's cells use: facts of NumPy 2 that the exact reading stands on."""
    names = run("""
x = np.array([1, 0, 1, 1])
W = np.array([[0.2, -0.5, 0.1], [-0.3, 0.4, -0.2], [0.1, 0.3, 0.5], [-0.4, 0.2, -0.1]])
b = np.array([0.1, -0.1, 0.0])
z = x @ W + b
h = np.maximum(0, z)
mean = np.mean((h - z) ** 2)
axis = W.mean(axis=0), W.sum(axis=1), W.T @ x, np.array([0.1, 2])
found = h.argmax(), np.flatnonzero(h > 0), (z == 0).sum(), bool((h >= 0).all())
stack = np.vstack([x, 1 - x]) @ W + b
power = W.T @ W @ W.T
outer = np.outer(h, h), np.multiply.outer(h, h), np.abs(z), z.min(), np.cumsum(z), np.dot(x, W), z * -1
flat = W.flatten(), W.reshape(3, 4), np.concatenate([z, h]), np.where(z > 0, z, 0), np.sign(z)
""")
    assert list(names["z"]) == [0, F(-1, 10), F(1, 2)]
    assert list(names["h"]) == [0, 0, F(1, 2)]
    assert names["mean"] == F(1, 300)
    assert names["found"][0] == 2
    assert list(names["found"][1]) == [2]
    assert names["found"][2:] == (1, True)
    assert names["stack"].shape == (2, 3)
    arrays = [*names["axis"], names["stack"], names["power"], *names["outer"][:3], *names["flat"]]
    assert all(array.dtype == object for array in arrays)
    assert all(isinstance(v, F | int) for array in arrays for v in array.flat)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (0.1, F(1, 10)),
        (7, F(7)),
        (F(1, 3), F(1, 3)),
        (10**30, F(10**30)),
        (5e-324, F("5e-324")),
        (-0.0, F(0)),
        (np.float64(0.1), F(1, 10)),
        (np.float32(0.1), F(1, 10)),
        (np.float16(0.1), F(1, 10)),
        (np.longdouble("0.1"), F(1, 10)),
        (np.int8(-3), F(-3)),
        (np.uint64(2**64 - 1), F(2**64 - 1)),
    ],
)
def test_a_number_of_any_type_is_taken_as_it_is_written(value: Any, meant: Fraction) -> None:
    assert rational(value) == meant
    assert type(rational(value)) is Fraction
    assert rational(np.array(value)).item() == meant


def test_arrays_lists_and_mixtures_become_arrays_of_rationals() -> None:
    for value in ([[1, 0.5], [0.1, 2]], ((1, 0.5), (0.1, 2)), np.array([[1, 0.5], [0.1, 2]]), [[F(1), 0.5], [0.1, 2]]):
        array = rational(value)
        assert array.dtype == object
        assert array.tolist() == [[1, F(1, 2)], [F(1, 10), 2]]
        assert {type(v) for v in array.flat} == {Fraction}
    assert rational(np.zeros((0, 3))).shape == (0, 3)
    assert rational(np.ones((2, 3, 4))).shape == (2, 3, 4)


def test_rational_leaves_its_argument_alone() -> None:
    array = np.array([F(1, 2), 0.5], dtype=object)
    rational(array)[0] = F(9)
    assert list(array) == [F(1, 2), 0.5]
    assert type(array[1]) is float


def test_rows_of_different_lengths_are_refused_in_a_sentence() -> None:
    with pytest.raises(NumeralError, match=r"^\[\[1\], \[2, 3\]\] has no shape: its rows differ in length$"):
        rational([[1], [2, 3]])
    with pytest.raises(ArgumentError, match=r"^agree\(\) takes a as .+, and got a list: its rows differ in length$"):
        agree([[1], [2, 3]], 1)


@pytest.mark.parametrize(
    "value", [NAN, float("-inf"), np.float32("nan"), 2j, "0.1", None, True, np.False_, {}, np.array([1, NAN])]
)
def test_what_is_no_number_is_refused_in_a_sentence(value: Any) -> None:
    with pytest.raises(NumeralError, match=r"^cannot take .+ \(\w+\) as an exact number$"):
        rational(value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (0.1 + 0.2, F(3, 10)),
        (-2.7755575615628914e-17, F(0)),
        (0.8962500000000001, F(717, 800)),
        (1 / 3, F("0.333333333333")),
        (F(1, 3), F(1, 3)),
        (F(1, 10**13), F(1, 10**13)),  # what is exact has no noise
        (1e-12, F(1, 10**12)),
        (np.float64(0.1 + 0.2), F(3, 10)),
        (np.array(0.1 + 0.2), F(3, 10)),
        (np.array(F(1, 3)), F(1, 3)),
        (np.float32(0.1) + np.float32(0.2), F(3, 10)),
        (np.float32(-7.450581e-09), F(0)),
        (np.float16(0.1), F(1, 10)),
        (2.0**52, F(2**52)),
        (1e22, F(10**22)),
        (3, F(3)),
    ],
)
def test_a_computed_value_settles_on_the_number_that_it_stands_for(value: Any, meant: Fraction) -> None:
    assert settle(value) == meant


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (0.2 + 0.1 - 0.4 + 0.1, 0, True),
        (-2.8e-17, F(0), True),
        ([-2.8e-17, 0.5], [2.8e-17, 0.5], True),
        (1e15 + 0.125, 1e15, True),
        (1e-3, 0, False),
        (0.3, 0.3001, False),
        (F(3, 10), 0.1 + 0.2, True),
        (F(3, 10), F(3, 10) + F(1, 10**30), False),
        (10**30, 10**30 + 1, False),
        (np.array([0.1 + 0.2], dtype=object), [F(3, 10)], True),
        (np.float32(0.1), 0.1, True),
        (np.array([0.1], np.float32) * 3, [F(3, 10)], True),
        (np.float32(0.1), 0.1001, False),
        ([], [], True),
        ([[]], [], False),
        (1, [1], False),
        ([1, 2], [[1, 2]], False),
        ([1, 2], (1, 2), True),
    ],
)
def test_two_results_agree_where_rounding_alone_tells_them_apart(a: Any, b: Any, same: bool) -> None:
    assert agree(a, b) is same
    assert agree(b, a) is same


def test_agree_refuses_what_is_no_number() -> None:
    with pytest.raises(ArgumentError, match="nan"):
        agree([NAN], [NAN])
