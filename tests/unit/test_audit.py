"""The parts of the audit: a page as a tree, what a style sheet writes, what Sphinx counted, and what is vouched for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fwdpass.audit.attributes import attribute_texts
from fwdpass.audit.counts import Counts, code_of
from fwdpass.audit.css import css_texts
from fwdpass.audit.facts import Facts, Formula, Passage, Typed
from fwdpass.audit.page import PageAudit, digits_of
from fwdpass.audit.site import Fault, located
from fwdpass.audit.titles import Titles, article_of, titles_of
from fwdpass.audit.tree import Element, canonical, code_digest, digest, parse, parse_xml, without
from fwdpass.numerals.scan import EXECUTED
from fwdpass.page.ledger import Entry, Ledger

ENTRY = Entry(3, "number", "mse", "0.8963", "717/800", step=0)


def typed(html: str, facts: Facts | None = None, titles: tuple[str, ...] = ()) -> list[str]:
    """The findings on a page with this article."""
    page = parse(f"<html><body><article>{html}</article></body></html>")
    return [finding.text for finding in PageAudit(facts or Facts(), Titles(titles), {}).run(page)]


def first(html: str, tag: str) -> Element:
    return next(parse(html).find(tag))


# The tree


def test_what_is_not_closed_is_closed_where_a_browser_closes_it() -> None:
    assert [e.text() for e in parse("<ul><li>a<li>b</ul><p>c<p>d<div>e</div>").find("li")] == ["a", "b"]
    assert [e.text() for e in parse("<p>c<p>d<div>e</div>").find("p")] == ["c", "d"]
    assert [e.text() for e in parse("<table><tr><td>a<td>b<tr><td>c</table>").find("td")] == ["a", "b", "c"]
    assert parse("<p>a</b>b</p>").text() == "ab"


def test_two_ways_to_write_the_same_are_the_same() -> None:
    one, other = '<p class="a" id=b>&lt;1 <br/>2</p>', '<p id="b"   class="a">&#60;1\n<br>2</p>'
    assert canonical(parse(one)) == canonical(parse(other))
    assert canonical(parse(one)) != canonical(parse(one.replace("1", "3")))


def test_an_element_can_be_had_without_what_is_in_some_of_its_own() -> None:
    page = parse('<p class="a">1<b>2</b></p><div><p class="a b">3</p>4</div>')
    emptied, found = without(page, "a")
    assert canonical(emptied) == canonical(parse('<p class="a"></p><div><p class="a b"></p>4</div>'))
    assert [element.text() for element in found] == ["12", "3"]
    assert page.text() == "1234"


def test_a_panel_is_vouched_for_once_and_its_notes_are_not() -> None:
    panel = '<fp-trace><p>z1 = 0.5</p><div class="fp-note">{}</div></fp-trace>'
    facts = Facts(outputs=[digest(canonical(parse(panel.format(""))))])
    assert typed(panel.format("Words."), facts) == []
    assert typed(panel.format("It is 0.7."), facts) == ["0.7"]
    assert typed(panel.format("").replace("0.5", "0.6"), facts) == ["0.6"]
    assert typed(panel.format("") * 2, facts) == ["0.5"]
    assert typed(panel.format("")) == ["0.5"]


def test_elements_come_in_the_order_of_the_page() -> None:
    assert [e.tag for e in parse("<a><b><c></c></b><d></d></a><e></e>").elements()] == ["", "a", "b", "c", "d", "e"]


def test_what_only_doctest_needs_is_no_difference() -> None:
    assert code_digest(">>> mse  # doctest: +ELLIPSIS\n0.5") == code_digest(">>> mse\n0.5")


# Style sheets


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("p::after { content: '0.77' }", ["0.77"]),
        (r'p::after { content: "\30 .\37 7" }', ["0.77"]),
        ("p::after { content: '0.' '77' }", ["0.77"]),
        ("p { quotes: '7' '8' }", ["78"]),
        ("ul { list-style-type: '7' }", ["7"]),
        ("p { --loss: '0.77'; }", ["0.77"]),
        ("p::after { content: attr(id) }", ["0, if need be, from attr(id)"]),
        ("p { counter-increment: item 77 }", ["77"]),
        ("@counter-style own { symbols: '7' }", ["7"]),
        ("p { content: 'a;b}c' }", ["a;b}c"]),
        (r"p { c\6f ntent: '7' }", ["7"]),
        ("p { CONTENT: '7' }", ["7"]),
        ("@media print { @supports (x: y) { p { content: '7' } } }", ["7"]),
        ("p { & b { content: '7' } }", ["7"]),
        ("content: '7'; color: red", ["7"]),
        ("p { content: '7' /* ' */ }", ["7"]),
        ("p { content: image-set('a.png' 7x) }", ["a.png"]),
        ("p { background: url('data:image/svg+xml,<svg><text>7</text></svg>') }", ["7"]),
        ("p { background: url(data:image/svg+xml;base64,PHN2Zz48dGV4dD43PC90ZXh0Pjwvc3ZnPg==) }", ["7"]),
        ("p { background: url('data:image/svg+xml,<svg><path d=\"M 7 7\"/></svg>') }", []),
        ("p { background: url('data:image/png;base64,Nw==') }", []),
        ("/* content: '7' */ p { width: 77px; content: none }", []),
        ("p::after { content: attr(title); counter-reset: n 0 }", []),
        ("p::after { content: counter(n) }", ["0, or what counter(n) has counted"]),
        ("p::before { content: '(' counters(n, '.') }", ["(.", '0, or what counters(n, ".") has counted']),
        ("p { counter-reset: n var(--n) }", ["0, or what var(--n) says, for a counter"]),
        ("p::after { content: attr(data-sd-loss) }", ["0, if need be, from attr(data-sd-loss)"]),
        ("p::after { content: attr(data-loss) attr(data-bs-title) attr(data-toggle-hint) }", []),
        ("p { unicode-bidi: bidi-override; direction: rtl }", ["0, for a number whose digits are turned around"]),
        ("p { unicode-bidi: isolate; direction: rtl }", []),
        (".a { background: url('7.svg'); --fa: '7'; --font: 'STIX Two', serif }", []),
    ],
)
def test_a_style_sheet_says_what_a_browser_writes(css: str, said: list[str]) -> None:
    assert list(css_texts(css)) == said


def test_a_themes_style_sheet_may_count_the_entries_of_a_list() -> None:
    counted = ".steps > *::before { content: counters(step, '.'); counter-increment: step }"
    assert list(css_texts(counted, own=False)) == ["."]
    assert list(css_texts(counted + "p { counter-reset: step 77 }", own=False)) == [".", "77"]


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<i class="fa fa-dice-three">', ["dice-three"]),
        ('<span class="sd-material-icon sd-material-icon-looks_3">', ["looks_3"]),
        ('<svg class="sd-octicon sd-octicon-number">', ["12, by the icon number"]),
        ('<i class="fa-solid fa-2x fa-circle-half-stroke">', []),
        ('<i class="col-3 threefold sd-col-4">', []),
        ('<b data-bs-title="0.7" data-bs-placement="7">', ["0.7"]),
        ('<b data-toggle-hint="0.7" data-toggle="7">', ["0.7"]),
        ('<b data-sd-loss="0.7">', []),
        ('<bdo dir="rtl">0.7</bdo>', ["0, for a number whose digits are turned around"]),
        ('<bdo dir="rtl">words</bdo>', []),
        ("<img src=\"data:image/svg+xml,%3Csvg%3E%3Cpath d='M0 7'/%3E%3C/svg%3E\">", [""]),
        ("<img src=\"data:image/svg+xml,%3Csvg aria-label='7'%3E%3Ctext%3E8%3C/text%3E%3C/svg%3E\">", ["8", "7"]),
    ],
)
def test_an_attribute_says_what_a_reader_meets(element: str, said: list[str]) -> None:
    (found,) = parse(element).children
    assert isinstance(found, Element)
    assert [text for _, text in attribute_texts(found, inside=True)] == said


# Attributes


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<img src="7.png" alt="loss 7">', ["loss 7"]),
        ('<img src="7.png" alt="7.png">', ["7.png"]),
        (f'<img src="{"7" * 64}.png" alt="{"7" * 64}.png">', []),
        ('<img src="data:image/png;base64,Nw==" alt="">', ["", ""]),
        ('<img src="data:image/svg+xml;base64,PHA+Nw==">', ["7"]),
        ('<img src="data:text/html,%3Cp%3E7">', ["<p>7"]),
        ('<p class="a7" id="b7" tabindex="0" data-bs-x="7">', []),
        ('<p data-loss="7" aria-label="8" style="content: \'9\'">', ["7", "8", "9"]),
        ('<ol start="7">', []),
        ('<meta name="viewport" content="width=7">', []),
        ('<meta name="description" content="7">', ["7"]),
        ('<path d="M 7 7" gradientunits="7" aria-label="8">', ["8"]),
        ('<a onclick="f(7)">', ["f(7)"]),
    ],
)
def test_what_attributes_say(html: str, said: list[str]) -> None:
    element = next(e for e in parse(html).elements() if e.tag)
    assert [text for _, text in attribute_texts(element, inside=True)] == said


# Titles and what Sphinx counts


def test_titles_are_known_with_and_without_their_numbers() -> None:
    page = parse('<main><h1><span class="section-number">2. </span>Loss<a class="headerlink">#</a></h1></main>')
    assert list(titles_of(page)) == ["2. Loss", "Loss"]


def test_only_a_title_with_a_number_and_a_word_is_taken_out() -> None:
    titles = Titles(["2. Loss", "Loss", "77"])
    assert titles.without("See 2. Loss, Loss, 77") == f"See {EXECUTED}, Loss, 77"
    assert "77" not in titles


def test_the_article_is_found_in_every_theme() -> None:
    for html in ("<main><article>a</article></main>", '<div role="main">a</div>', "<article>a</article>"):
        found = article_of(parse(f"<nav>b</nav>{html}"))
        assert found is not None
        assert found.text() == "a"


def counted(html: str, tag: str, numbers: dict[str, str], targets: dict[str, str] | None = None) -> list[str | None]:
    page = parse(html)
    counts = Counts(page, numbers, targets or {}, Titles(["2 neurons"]))
    return [counts.read(element) for element in page.find(tag)]


def test_a_number_belongs_to_the_element_that_sphinx_gave_it_to_and_once() -> None:
    section = '<section id="{}"><h2><span class="section-number">{}. </span></h2></section>'
    numbers = {"#a": "1", "#b": "1.2"}
    assert counted(section.format("a", "1"), "span", numbers) == [f"{EXECUTED}. "]
    assert counted(section.format("b", "1.2"), "span", numbers) == [f"{EXECUTED}. "]
    for anchor, number in (("a", "2"), ("b", "1"), ("a", "1.2"), ("c", "1")):
        assert counted(section.format(anchor, number), "span", numbers) == [None]
    twice = '<div id="a"><span class="eqno">(1)</span><span class="eqno">(1)</span></div>'
    assert counted(twice, "span", numbers) == [f"({EXECUTED})", None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Figure 7", f"Figure {EXECUTED}"),
        ("(7)", f"({EXECUTED}"),
        ("2 neurons", EXECUTED),
        ("7 neurons", None),
        ("Figure 77", None),
        ("Figure 1.7", None),
        ("Figure 8", None),
    ],
)
def test_a_reference_ends_in_the_number_of_its_target(text: str, said: str | None) -> None:
    link = f'<a class="reference internal" href="#f">{text}</a>'
    (found,) = counted(link, "a", {}, {"#f": "7"})
    assert (found or "").replace(")", "") == (said or "").replace(")", "")


def test_footnotes_are_numbered_in_order_and_so_are_their_links_back() -> None:
    note = (
        '<a class="footnote-reference" href="#n">{0}</a><aside class="footnote" id="n"><span class="label">{1}</span>'
        '<a role="doc-backlink">{2}</a><a role="doc-backlink">{3}</a></aside>'
    )
    assert counted(note.format(1, 1, 1, 2), "a", {}) == [EXECUTED] * 3
    assert counted(note.format(2, 1, 2, 1), "a", {}) == [None] * 3
    assert counted(note.format(1, 7, 1, 2), "span", {}) == [None]


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ('<pre><span class="linenos">1</span>a\n<span class="linenos">2</span>b\n</pre>', "a\nb"),
        ('<pre><span class="linenos">7</span>a\n</pre>', "7a"),
        ('<pre><span class="linenos">1</span><span class="linenos">2</span>a</pre>', "12a"),
        ("<pre>a\n</pre>", "a"),
    ],
)
def test_line_numbers_are_those_of_the_lines(html: str, code: str) -> None:
    assert code_of(first(html, "pre")) == code


# What is vouched for


def test_a_mark_counts_once_and_if_it_says_what_the_ledger_says() -> None:
    facts = Facts(ledger=Ledger("page", (ENTRY, replace(ENTRY, kind="result"))))
    mark = '<span class="fp-n fp-n{}">{}</span>'
    assert typed(mark.format(0, "0.8963"), facts) == []
    assert typed(f"{mark.format(0, '0.8963')} " * 2, facts) == ["0.8963"]
    for forged in (mark.format(0, "0.8962"), mark.format(1, "0.8963"), mark.format(2, "0.8963"), mark.format("", "7")):
        assert typed(forged, facts)


def test_an_output_and_a_listing_count_as_often_as_there_are_such() -> None:
    drawn = '<div class="output"><p>0.77</p></div>'
    facts = Facts(outputs=[digest(canonical(parse("<p>0.77</p>")))], listings=[code_digest("a = 77")])
    assert typed(drawn, facts) == []
    assert typed(drawn * 2, facts) == ["0.77"]
    assert typed("<p>0.77</p>", facts) == ["0.77"]
    listing = '<div class="highlight"><pre>a = 77</pre></div>'
    assert typed(listing, facts) == []
    assert typed(listing * 2, facts) == ["77"]
    assert typed("<code>a = 77</code>", facts) == ["77"]


def test_two_passages_that_read_the_same_are_judged_together() -> None:
    computed, written = Passage("loss 7", f"loss {EXECUTED}", 1), Passage("loss 7", "loss 7", 2)
    for passages in ([computed, written], [written, computed]):
        assert typed('<img alt="loss 7">', Facts(passages=passages)) == ["7"]
    assert typed('<img alt="loss 7">', Facts(passages=[computed])) == []


def test_two_formulas_that_read_the_same_are_judged_together() -> None:
    computed, written = Formula("h = 7", "h = □", ()), Formula("h = 7", "h = 7", ("7",))
    assert written.beside(computed).typed == computed.beside(written).typed == ("7",)
    assert computed.beside(None) == computed


def test_a_typed_number_with_a_reason_counts_as_often_as_there_is_one() -> None:
    facts = Facts(typed=[Typed("1986", "a year", 3)])
    mark = '<span class="fp-typed">1986</span>'
    assert typed(mark, facts) == []
    assert typed(f"{mark} " * 2, facts) == ["1986"]


def test_markup_within_a_number_hides_nothing() -> None:
    assert typed("<p>0.<b>8</b>963</p>") == ["0.8963"]
    assert typed("<p>th<i>re</i>e</p>") == ["three"]
    assert typed("<p>th</p><p>ree</p>") == []


def test_an_index_that_was_changed_after_the_build_is_seen() -> None:
    built = "<article><p><code>W1</code> and <math><msub><mi>h</mi><mn>2</mn></msub></math></p></article>"
    facts = Facts(digits=digits_of(parse(built)))
    assert PageAudit(facts, Titles(()), {}).run(parse(built)) == []
    for changed in (built.replace("W1", "W2"), built.replace("<mn>2", "<mn>3"), built.replace("and", "and h3")):
        found = PageAudit(facts, Titles(()), {}).run(parse(changed))
        assert [str(Fault("page", "", 0, one)) for one in found] == [
            "a digit of this page has been changed since it was built, or added, or taken away: build it again"
        ]
    # What is a finding by itself is told at its place, and not a second time.
    assert typed(built.replace("and", "and 3"), facts) == ["3"]


def test_the_year_of_a_copyright_is_no_number_outside_the_article() -> None:
    page = parse("<html><article>a</article><footer>© Copyright 2024–2026, three authors.</footer></html>")
    assert [f.text for f in PageAudit(Facts(), Titles(()), {}).run(page)] == ["three"]


def test_what_is_known_of_a_page_comes_back_from_its_file() -> None:
    facts = Facts(
        source="page.md",
        ledger=Ledger("page", (ENTRY,)),
        passages=[Passage("a 7", f"a {EXECUTED}", 1)],
        formulas={"x": Formula("b 7", "b", ("7",))},
        outputs=["o"],
        listings=["l"],
        numbers={"#a": "1"},
        counted=["7"],
        typed=[Typed("1986", "a year", 3)],
        names=["W1"],
    )
    assert Facts.from_json("page", facts.as_json()) == facts


def test_a_page_is_read_in_its_language() -> None:
    for language, found in {"de": ["drei"], "de-AT": ["drei"], "en": [], "": []}.items():
        page = parse(f'<html lang="{language}"><body><article><p>Es sind drei.</p></article></body></html>')
        assert [finding.text for finding in PageAudit(Facts(), Titles(()), {}).run(page)] == found


# The browser's page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "Loss <!-->0.77",  # the comment ends at once
        "Loss <!--->0.77",
        "Loss <!-- x --!>0.77",
        "Loss <!x>0.77",  # no comment that anything is hidden in
        "<svg><text>Loss <![CDATA[0.77]]></text></svg>",
        "<svg><desc>Loss 0.77</desc></svg>",
        "<math><mtext>Loss <![CDATA[0.77]]></mtext></math>",
        "<p>Loss 0<b></i>.77</b></p>",
        "<p>Loss 0&#x2e;7&#55</p>",
        "<template>Loss 0.77</template>",
        "<noscript>Loss 0.77</noscript>",
        "<textarea>Loss <b>0.77</textarea>",
        "<table>Loss 0.77<tr><td>x</td></tr></table>",  # a browser moves the text before the table
        '<p title="Loss 0.77" title="quiet">x</p>',  # the first attribute of a name is the one that counts
        '<IMG ALT="Loss 0.77">',
        "<select><option>Loss 0.77</select>",
        "<plaintext>Loss 0.77",
    ],
)
def test_what_a_browser_shows_is_judged(html: str) -> None:
    assert typed(html)


@pytest.mark.parametrize(
    "html", ["Loss <!-- 0.77 -->", "Loss <!-- a -- 0.77 -->", "<p title='quiet' title='0.77'>x</p>"]
)
def test_what_a_browser_does_not_show_is_not(html: str) -> None:
    assert typed(html) == []


def test_a_picture_is_read_as_xml() -> None:
    picture = (
        "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY n '0.77'>]>"
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
        "<!-- 0.78 --><a xlink:title='0.79'><text>Loss &n;</text> tail</a></svg>"
    )
    read = parse_xml(picture)
    assert read.text() == "Loss 0.77 tail"
    assert [element.attributes for element in read.find("a")] == [{"xlink:title": "0.79"}]
    assert parse_xml("<svg><text>Loss 0.77</svg>").text() == "Loss 0.77"  # no XML


def test_depth_is_no_hiding_place() -> None:
    assert typed("<div>" * 400 + "Loss 0.77") == ["0.77"]


def test_a_picture_of_a_theme_is_not_the_authors(tmp_path: Path) -> None:
    from fwdpass.audit.files import file_findings

    (tmp_path / "_static").mkdir()
    for name in ("theme.svg", "own.svg"):
        (tmp_path / "_static" / name).write_text("<svg><text>0.77</text></svg>", "utf-8")
    found = [(file, one.text) for file, one in file_findings(tmp_path, (), {"_static/own.svg"})]
    assert found == [("_static/own.svg", "0.77")]


def test_code_in_a_sentence_is_found_on_its_own_line(tmp_path: Path) -> None:
    shapes = ["(1, 3)", "(2, 3)", "(3, 3)", "(3, 1)"]
    (tmp_path / "page.md").write_text("".join(f"- `a.shape` becomes `{shape}`\n" for shape in shapes), "utf-8")
    page = "".join(
        f"<li><code><span>a.shape</span></code> becomes <code><span>{shape}</span></code></li>" for shape in shapes
    )
    facts = Facts(source="page.md")
    found = PageAudit(facts, Titles(()), {}).run(parse(f"<html><body><article>{page}</article></body></html>"))
    assert [one.around for one in found[::2]] == [f"a.shape becomes {shape}" for shape in shapes]
    lines = [fault.line for one in found for fault in located([one], facts, tmp_path)]
    assert lines == [1, 1, 2, 2, 3, 3, 4, 4]
