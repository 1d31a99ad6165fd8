"""What is left of a style sheet."""

from __future__ import annotations

import pytest

from fwdpass.theme.stylesheet import Names, needs, purged, rules

NAMES = Names(
    pages=(frozenset({"html", "a", "p", ".nav", "#top"}), frozenset({"html", "a", "em", ".lone"})),
    words=frozenset({"show", "dialog"}),
)


@pytest.mark.parametrize(
    "selector",
    [
        "*",
        "a",
        ".nav a:hover",
        "#top::before",
        "a.show > dialog",
        "a:not(.nowhere)",
        ":is(.nowhere, .nav) p",
        ":where(.nowhere,em)",
        'a[href^="x"]',
        "[type=search]",
        "a[data-x='.nowhere']",
        "html:has(.nowhere) a",
        "p:nth-child(2n + 1)",
        "a:is(:nth-child(2), .nowhere)",
        "a::after",
        "a:is(:hover, :focus)",
        ":not(:is(.nowhere, .lone)) p",
        ".nav:not(.a,.b):hover",
    ],
)
def test_a_rule_that_may_match_is_kept(selector: str) -> None:
    assert purged(f"{selector}{{color:red}}", NAMES) == f"{selector}{{color:red}}\n"


@pytest.mark.parametrize(
    "selector",
    [
        ".nowhere",
        "#nowhere",
        "ul",
        ".nav em",
        ".nav.nowhere",
        ":is(.nowhere, ul) a",
        "a .show .nowhere",
        "p:is(em.nav)",
    ],
)
def test_a_rule_that_cannot_match_on_any_page_is_not(selector: str) -> None:
    assert purged(f"{selector}{{color:red}}", NAMES) == ""


def test_of_a_list_the_selectors_that_may_match_are_kept() -> None:
    assert purged(".nowhere, a , ul.nav{color : red ; margin:0;}", NAMES) == "a{color:red;margin:0}\n"


def test_escaped_names_are_names() -> None:
    assert needs(r".sd-w\/x .a\:b:hover") == [frozenset({".sd-w/x", ".a:b"})]
    assert needs(r".\31 0") == [frozenset()]


def test_groups_are_searched_and_dropped_when_empty() -> None:
    css = "@media print { .nowhere { color: red } } @media screen{@supports (color:red){a{color:red}ul{color:red}}}"
    assert purged(css, NAMES) == "@media screen{@supports (color:red){a{color:red}}}\n"


def test_texts_and_addresses_are_left_as_they_are() -> None:
    css = "a{content:\"};  /* no comment */ '\";background:url(data:image/svg+xml;utf8,x);quotes:'\"' '{'}"
    assert purged(css, NAMES) == css + "\n"


def test_licences_are_kept_and_comments_are_not() -> None:
    assert (
        purged("/*! MIT */a{color:red}/* so that */p{color:red}", NAMES) == "/*! MIT */\na{color:red}\np{color:red}\n"
    )


def test_custom_properties_that_nothing_reads_are_gone_with_those_that_only_they_read() -> None:
    css = "html{--a:1;--b:var(--a);--c:2;--d:var(--c);--e:3;color:red}a{margin:var(--d, 1px)}p{--f:4}"
    assert purged(css, NAMES, "x.style.setProperty('--e', 5)") == (
        "html{--c:2;--d:var(--c);--e:3;color:red}\na{margin:var(--d, 1px)}\n"
    )


def test_fonts_and_animations_that_nothing_names_are_gone() -> None:
    fonts = "".join(f"@font-face{{font-family:{name};src:url(x.woff2)}}" for name in (r"My\ Sans", "'Other'"))
    frames = "".join(f"@keyframes {name}{{from{{left:0}}to{{left:1px}}}}" for name in ("slide", "slide-away"))
    used = 'a{font:1rem "My Sans"}p{animation:1s slide}'
    assert purged(fonts + frames + used, NAMES) == (
        "@font-face{font-family:My\\ Sans;src:url(x.woff2)}\n@keyframes slide{from{left:0}to{left:1px}}\n"
        'a{font:1rem "My Sans"}\np{animation:1s slide}\n'
    )


FACES = "".join(f"@font-face{{font-family:My\\ Signs;font-weight:{w};src:url({w}.woff2)}}" for w in (400, 900))


@pytest.mark.parametrize(
    ("css", "published"),
    [
        ('a{font-family:"My Signs";font-weight:900}', {900}),
        ('a{--f:var(--of, "My Signs");font-family:var(--f);font-weight:var(--w,900)}', {900}),
        ('a{font:normal 900 1em/1 "My Signs"}', {900}),
        ('p{--w:400}a{font-family:"My Signs";font-weight:var(--w,900)}', {400, 900}),
        ('a{font-family:"My Signs"}', {400, 900}),
        ('a{font-family:"My Signs";font-weight:bold}', {400, 900}),
        ('a{font:900 1em "My Signs"}@media print{a{font:400 1em "My Signs"}}', {400, 900}),
        ('a{font:600 1em "My Signs"}', {400, 900}),
        ("a{font:900 1em Other}", set()),
        ('.nowhere{font:400 1em "My Signs"}a{font:900 1em "My Signs"}', {900}),
    ],
)
def test_a_face_whose_weight_nothing_asks_for_is_gone(css: str, published: set[int]) -> None:
    assert {w for w in (400, 900) if f"{w}.woff2" in purged(FACES + css, NAMES)} == published


def test_a_face_of_any_weight_is_kept() -> None:
    face = "@font-face{font-family:Signs;font-weight:100 900;src:url(any.woff2)}"
    assert "any.woff2" in purged(face + "a{font:900 1em Signs}", NAMES)


def test_rules_within_rules_are_kept_whole() -> None:
    css = "a{color:red;&:hover{--x:1;color:blue}}"
    assert purged(css, NAMES) == css + "\n"


def test_statements_are_rules_without_a_body() -> None:
    assert [rule.body for rule in rules("@layer a, b;a{}")] == [None, ""]
