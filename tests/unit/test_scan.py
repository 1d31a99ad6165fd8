"""What is a number in a text, and what only has digits in its name."""

from __future__ import annotations

import pytest

from fwdpass.numerals.scan import EXECUTED, Found, code_numbers, numbers, touched
from fwdpass.numerals.words import LANGUAGES, NAMED


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
        ("1e5", ["1e5"]),
        ("a step of 2.5e-6, or −3E+07.", ["2.5e-6", "−3E+07"]),
        ("2e-6.5", ["2", "6.5"]),
        ("7 e 5 and 7ex", ["7", "5", "7"]),
        ("2x2", ["2", "2"]),
        ("about77", ["77"]),
        ("x0.77", ["0.77"]),
        ("Loss 2.4", ["2.4"]),
        ("NumPy 0.8963", ["0.8963"]),
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
        "First, have an array. Second, look at it; Third, go on.",
        "a CD, an MC, I and x",
        "three_layers and layer_three",
        "seconds",
        "Python 3.12, NumPy 2 and Sphinx 9.0",
        "GPT-4, ReLU6 and BSD-3-Clause",
        "on 29 November 2026 at 10:30, or November 29, 2026, at 7:05:59.",
        "at https://example.org/2024/3/page-17.html",
        "at first, a pair, the only one, exactly one of them",
        "a 2D array, multiple 2-D floating point arrays, a 3-d graph, a 1D column vector and a 2-dimensional histogram",
        "a two-dimensional function, the zero-dimensional array",
        "two ways of saving it, both of these file types, two geometric approximations, both sides, three kinds",
        "the second equation into the first, the first thing, a second subplot, a first look",
        "First we plot it. Second you look. Third, go on.",
        "the first period at which it holds",
        "before 1914, and until 1971.",
        "",
        EXECUTED,
        "we first multiply, and you must first add",
        "by first adding them",
        "First let's see, and then first let’s not",
        "a book first published by a third party",
        "a first-class function from a third-party library",
        "a first-order condition, a second-order differential equation",
        "the second derivative, Newton’s third law",
        "in the early twentieth century, in the 19th century",
        "the 2nd edition, Copyright 2023, 978-1-098-12122-8",
        "between any two states, for each pair of points, two or more rows",
        "it is zero otherwise, and a power of ten",
        "the percent change of the loss",
        "both in code and in text, both Python and NumPy, both input and output",
    ],
)
def test_names_and_english_are_no_numbers(text: str) -> None:
    assert found(text) == []


def test_a_per_cent_is_judged_by_the_number_before_it() -> None:
    assert found("95 percent") == ["95"]
    assert found(f"{NAMED} percent") == []
    assert found("⧠ percent") == ["percent"]  # of a formula with a computed number


def test_a_name_of_the_page_is_no_number() -> None:
    assert found("layer77") == ["77"]
    assert found("layer77", "layer77") == []
    assert found("layer77.5", "layer77") == ["77.5"]


def test_without_words_only_digits_are_found() -> None:
    assert [one.text for one in numbers("three of 4", words=False)] == ["4"]


def test_a_finding_is_a_place() -> None:
    assert list(numbers("is −0.5 so")) == [Found(3, 7, "−0.5")]
    assert list(numbers("th\u200bree")) == [Found(0, 6, "th\u200bree")]


@pytest.mark.parametrize(
    "text",
    [
        "a couple of rows",
        "A pair of neurons is dead",
        "only one neuron",
        "has double the loss",
        "sixfold",
        "six-fold",
        "eightfold",
        "thousandfold",
        "a quintuple",
        "triplets",
        "MSE-0.8964",
        "Loss-4",
        "Loss 2",
        "29 neurons 2026",
        "a ratio of 10:300",
        "in 3D here",
        "the array is 2D.",
        "a 784-dimensional image",
        "a 4-dimensional vector",
        "a three-dimensional input",
        "two rows",
        "both arrays",
        "two of the ways",
        "three types of iris",
        "the second row of the equation",
        "a third of the rows",
        "First three rows",
        "before 1900 and",
        "after 1914 steps",
        "the first period",
        "sorted by first column",
        "the first published row, and its first rows",
        "a third-order polynomial",
        "a second-order polynomial",
        "a pair of points",
        "two of any",
        "all zero",
        "both are dead and so on",
        "both rows and columns",
        "both three and seven are",
        "the 2nd row",
        "978-1-098",
    ],
)
def test_what_only_looks_like_a_name_or_an_idiom_is_a_number(text: str) -> None:
    assert found(text)


# In code


@pytest.mark.parametrize(
    "code",
    [
        "x[:, 1]",
        "W1[0][2]",
        "np.zeros(3)",
        "x.reshape(2, 2)",
        "f(x)[0](1)",
        "axis=0",
        "x[i+1]",
        "1e-3",
        "np.maximum(0, z1)",
    ],
)
def test_what_a_call_or_an_index_is_given_is_code(code: str) -> None:
    assert list(code_numbers(code)) == []


@pytest.mark.parametrize(
    "code",
    ["0.8964", "3", "loss = 3", "loss = 0.8964", "(4, 3)", "h.size == 3", "len(h) > 3", "f(0.5)", "f(h.size == 3)",
     "h.size=3", "np.zeros(1000)", "f(3"],
)  # fmt: skip
def test_a_value_in_code_is_a_number(code: str) -> None:
    assert list(code_numbers(code))


# What touches an executed number


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a loss of −□", "−□"),
        ("(-□)", "-□"),
        ("□%", "□%"),
        ("□ %", "□ %"),
        ("□ per cent", "□ per cent"),
        ("□ Percent", "□ Percent"),
        ("□‰", "□‰"),
        ("□□", "□□"),
        ("□.□", "□.□"),
        ("□.5", "□.5"),
        ("3□", "3□"),
        ("0.□", "0.□"),
        ("□k neurons", "□k"),
        ("□M", "□M"),
        ("□e□", "□e"),
    ],
)
def test_what_makes_another_number_of_an_executed_one_is_found(written: str, said: str) -> None:
    assert [one.text for one in touched(written.replace("□", EXECUTED))][:1] == [said]


@pytest.mark.parametrize(
    "written", ["□ of □", "□/□", "□ × □", "□-□", "from □–□", "(□)", "+□", "□.", "□, □", "□-dimensional", "z−□"]
)
def test_what_stands_beside_an_executed_number_leaves_it_alone(written: str) -> None:
    assert list(touched(written.replace("□", EXECUTED))) == []


# In other languages


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "zwei Neuronen"),
        ("de", "einundzwanzig"),
        ("de", "das dritte Neuron"),
        ("de", "das Doppelte, doppelt so groß"),
        ("de", "ein paar Neuronen"),
        ("de", "fünfmal"),
        ("de", "zweihundertdreißig"),
        ("de", "die Hälfte"),
        ("de", "genau ein Neuron"),
        ("fr", "trois neurones"),
        ("fr", "vingt-et-un"),
        ("fr", "le troisième neurone"),
        ("fr", "la moitié"),
        ("fr", "les deux"),
        ("fr", "une douzaine"),
        ("fr", "un seul neurone"),
    ],
)
def test_numbers_in_other_languages_are_found(language: str, text: str) -> None:
    assert list(numbers(text, language=LANGUAGES[language]))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Ein Neuron ist tot; achte auf die Matrix, die einzige, und lies noch einmal."),
        ("de", "Lerne, dividiere, und zweifle nicht am Dreieck."),
        ("fr", "Un neurone est mort, tout d'abord; une matrice, puis le vecteur."),
    ],
)
def test_what_is_no_number_in_another_language_passes(language: str, text: str) -> None:
    assert list(numbers(text, language=LANGUAGES[language])) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a couple more", ["a couple"]),
        ("double the loss", ["double the"]),
        ("it doubles its sum", ["doubles its"]),
        ("the loss has doubled", ["has doubled"]),
        ("a septet of neurons, secondly", ["septet", "secondly"]),
        ("x10 faster", ["10"]),
        ("h896 and W123", ["896", "123"]),
        ("a share of .9%", [".9"]),
        ("double the backticks, double precision, x1, x_10, h10, float32, sha256, .2f", []),
    ],
)
def test_many_times_as_much_is_a_number_however_it_is_said(text: str, found: list[str]) -> None:
    assert [one.text for one in numbers(text)] == found
