"""What is a number in a text, and what only has digits in its name."""

from __future__ import annotations

import pytest

from fwdpass.numerals.scan import EXECUTED, Found, numbers


def found(text: str, *names: str) -> list[str]:
    return [one.text for one in numbers(text, names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 weights", ["12"]),
        ("a loss of 0.8963.", ["0.8963"]),
        ("1,234.5 and 7/8", ["1,234.5", "7/8"]),
        ("-0.5, −0.5 and ±2", ["-0.5", "−0.5", "±2"]),
        ("from 3-5", ["3", "5"]),
        ("about .5", [".5"]),
        ("1e5", ["1", "5"]),
        ("2x2", ["2", "2"]),
        ("about77", ["77"]),
        ("x0.77", ["0.77"]),
        ("NumPy 2.4", ["2.4"]),
        ("7", ["7"]),
    ],
)
def test_digits_are_numbers(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "three",
        "Three",
        "THREE",
        "third",
        "thirds",
        "twenty",
        "sixty-four".partition("-")[0],
        "hundredth",
        "both",
        "twice",
        "dozen",
        "percent",
        "half",
        "threes",
        "zero",
        "iii",
        "XIV",
        "tenfold",
    ],
)
def test_words_are_numbers(text: str) -> None:
    assert found(f"the {text} neurons") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "０.７７",
        "٧٧",
        "७७",
        "𝟕𝟕",
        "③",
        "x²",
        "Ⅲ",
        "Ⅴ",
        "三",
        "⅔",
        "7\u200b7",
        "th\u200bree",
        "th\u00adree",
        "tw\N{CYRILLIC SMALL LETTER O}",
        "𝐭𝐡𝐫𝐞𝐞",
        "ᴛʜʀᴇᴇ",
        "thrée",
        "thre\u0301e",
        "3\ufe0f\u20e3",
        "\U0001f51f",
        "⚂",
        "th\u3164ree",
    ],
)
def test_a_disguise_hides_nothing(text: str) -> None:
    assert found(f"the {text} neurons")


@pytest.mark.parametrize(
    "text",
    [
        "W1, b_2, h_0 and W_12",
        "W1[1, 0] and x[0] and b[-1]",
        "float64, int32, UTF-8, SHA-256 and x86_64",
        "Sphinx 9.0.4, v1.2.3 and 2.0.0rc1",
        "on 2026-11-22",
        "the formats .2f and +.1e",
        "one, once, ones, a single name and a pair",
        "first of all, non-zero and nonzero",
        "a CD, an MC, I and x",
        "three_layers and layer_three",
        "seconds",
        "",
        EXECUTED,
    ],
)
def test_names_and_english_are_no_numbers(text: str) -> None:
    assert found(text) == []


def test_a_name_of_the_page_is_no_number() -> None:
    assert found("layer77") == ["77"]
    assert found("layer77", "layer77") == []
    assert found("layer77.5", "layer77") == ["77.5"]


def test_without_words_only_digits_are_found() -> None:
    assert [one.text for one in numbers("three of 4", words=False)] == ["4"]


def test_a_finding_is_a_place() -> None:
    assert list(numbers("is −0.5 so")) == [Found(3, 7, "−0.5")]
    assert list(numbers("th\u200bree")) == [Found(0, 6, "th\u200bree")]
