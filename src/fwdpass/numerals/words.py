"""Numbers in words: what each language counts with, and what only looks so.

The audit of a page takes the language that its HTML is in. To add a language, add a row to :data:`LANGUAGES`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from fwdpass.numerals.letters import WORDS

NAMED = "\N{WHITE SQUARE WITH ROUNDED CORNERS}"
"""Stands in a text for a formula of names, in which no number is computed."""


@dataclass(frozen=True, eq=False)
class Language:
    """How a language writes numbers.

    ``words`` are read without regard to case. ``made`` matches words that are made of others, whole. ``phrases`` are
    numbers of several words, and ``idioms`` are no numbers, whatever words are in them. All are without accents.
    """

    words: frozenset[str]
    made: re.Pattern[str]
    phrases: re.Pattern[str]
    idioms: re.Pattern[str]

    def counts(self, word: str) -> bool:
        """Say whether a word is a number.

        >>> [LANGUAGES["en"].counts(word) for word in ("three", "One", "eightfold")]
        [True, False, True]
        """
        return _counts(self, word.casefold())


@lru_cache(maxsize=16384)
def _counts(language: Language, word: str) -> bool:
    return word in language.words or language.made.fullmatch(word) is not None


def _language(words: str, made: str, phrases: str, idioms: str) -> Language:
    listed = frozenset(_bare(words).casefold().split())
    patterns = (re.compile(_bare(pattern), re.IGNORECASE | re.VERBOSE) for pattern in (made, phrases, idioms))
    return Language(listed, *patterns)


def _bare(text: str) -> str:
    """Take the accents off, as the search does with what it reads."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")


# One, once and single are English more often than they are numbers, and pass; so are their likes in other languages.
_ENGLISH = " ".join(sorted((WORDS | {f"{word}s" for word in WORDS}) - {"one", "ones", "seconds"}))

# What a text says of itself: two ways to do a thing, both sides of an equation, a second subplot. A program has none.
_OF_TEXT = r"""(?:ways?|reasons?|ideas?|things?|views?|viewpoints?|approach(?:es)?|methods?|approximations?|assumptions?
    |conditions?|properties|definitions?|options?|functions?|theorems?|lemmas?|questions?|exercises?|sections?|chapters?
    |lectures?|topics?|concepts?|goals?|tasks?|tools?|libraries|packages|(?:types?|kinds?|sorts?|forms?)(?!\ of))\b"""
_RANKED_IN_TEXT = r"""(?:equation|formula|(?:sub)?plot|panel|sentence|paragraph|time|(?:type|kind|sort|form)\ of)\b"""
_NOTED = r"""(?:(?:that|which)\s+(?:you|we|one)\s+(?:sh\w+|must|ought\s+to|have\s+to|has\s+to|need\s+to)|to)\s+
    (?:notice|note|remember|mention|keep\s+in\s+mind)\b"""
_DOES = r"(?:we|you|they|I|will|must|should|can|could|let[’']?s|let\s+us|(?:need|have|want|is)\s+to|[’']ll)"
_BETWEEN = r"(?:(?!(?:of|and|or|in|on|at|to|by|is|are|as|the|per|for|from|with|that)\b)[a-z][a-z-]+\s+)?"
# The kinds of arrays and plots; a vector of so many dimensions is data.
DIMENSIONED = r"""(?:arrays?|matri(?:x|ces)|tensors?|grids?|images?|pictures?|plots?|subplots?|graphs?|charts?|figures?
    |histograms?|heatmaps?|functions?|surfaces?|planes?|(?:column|row)\s+vectors?)\b"""
_GERMAN_ONES = "zwei|drei|vier|fünf|sechs|sieben|acht|neun"
_GERMAN_TEENS = "zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn"
_GERMAN_TENS = "zwanzig|dreißig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig"

LANGUAGES = {
    "en": _language(
        f"""{_ENGLISH} both twice thrice half halves halved halving quarter quarters dozen dozens zeroes zeroth tenths
        hundredths thousandth hundreds thousand thousands millionth million millions billionth billion billions
        trillion trillions nought naught percent duo treble triple tripled triples
        triplet triplets trio quadruple quadrupled quadruplet quadruplets quartet quintuple quintupled quintet sextuple
        sextet septuple septet octuple octet nonet sixes secondly thirdly twosome threesome foursome duet
        quadrillion""",
        made=r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million)-?fold",
        phrases=r"""\b(?:couple|pair)\s+of\s+(?!(?:these|those|them)\b)|\b(?:a|the\ last|the\ next)\s+couple\b
        |\bdoubles?\s+(?:the|that|those|its|their|what|as)\b
        |\b(?:has|have|had|is|are|was|were|be|than|at|with|about|nearly|almost)\s+doubled?\b(?!\s+precision)
        |\bonly\s+one\s+(?!(?:of|that|way|thing|place|case|to|and|or|in)\b)(?=\w)""",
        idioms=rf"""first\ of\ all|second\ to\ none|\bat\ first\b(?=\s*(?:[,.;:]|$|glance|sight))|first\ and\ foremost
        |second\ thoughts?
        |(?:^|(?<=[.!?:;]\s))(?-i:First|Second|Third)(?=,\s|\s(?:we|you|let)\b)  # what a sentence begins with
        |\b(?:both|two|three|four|five)\s+{_BETWEEN}{_OF_TEXT}
        |\b(?:two|three|four|five)\s+{_BETWEEN}[a-z]+s\s+(?:{_NOTED})  # what is told next
        |\b{_DOES}\s+first\b(?=\s+[a-z])
        |\bby\ first\b(?=\s+[a-z]+ing\b)
        |\bfirst,?\s+let[’']?s\b|(?<!\bthe\s)\bfirst\s+(?:published|introduced|proposed|released|described|discovered)\b
        |\b(?:first|second|third)-(?:class|party|hand|rate|person)\b|\bthird\s+part(?:y|ies)\b
        |\b(?:first|second)-order\s+(?:necessary\s+|sufficient\s+|linear\s+)?(?:conditions?|derivatives?|logic
            |difference\s+equations?|differential\s+equations?|stochastic\s+dominance)\b
        |\b(?:first|second|third)\s+(?:laws?|derivatives?|principles?|moments?|passage|fundamental\s+(?:welfare\s+)?theorem)\b
        |\b(?:[a-z]+th|first|second|third)\s+centur(?:y|ies)\b|\bsecond\s+edition\b
        |\bany\s+(?:two|three)\b|\b(?:each|every|any)\s+pair\s+of\b|\btwo\s+or\s+more\b|\bzero\s+otherwise\b|\bpowers?\s+of\s+(?:two|ten)\b
        |\bpercent(?:age)?\s+(?:changes?|differences?|errors?)\b
        |\bboth\s+(?:to|at|in|by|for|from|with|on|as|because|when|where|before|after)\s  # and ..., said of what follows
        |\bboth\b(?=\s+(?!(?:are|were|is|have|had|of|the|these|those)\b)(?:[a-z]+[a-rt-z]|(?-i:[A-Z])\w*)\s+and\s)
        |\bboth\s+(?:sides\b|of\s+(?:these|those|the)\s+{_BETWEEN}{_OF_TEXT})|\ba\s+first\b
        |\b(?:first|second|third)\s+(?:equation|formula)\s+(?:in)?(?:to|from|by|with|and)\s+the\s+(?:first|second|third)\b
        |\b(?:first|second|third|fourth|fifth)\s+{_BETWEEN}(?:{_OF_TEXT}|{_RANKED_IN_TEXT})
        |\bfirst\s+(?:[a-z]+\s+){{1,2}}(?:[{NAMED}⧠]\s)?(?:at|in|for)\s+which\b
        |\b(?:zero|two|three|four)-dimensional(?=\s+(?:[a-z][a-z-]*\s+){{0,2}}{DIMENSIONED})
        |(?<![\w.,])\d[\d.,]*\s?percent\b|{NAMED}\s?percent\b  # the number before it is judged
        |non-?zero|zero-(?:based|indexed|padded|padding|mean|shot|copy)|double\s+the\s+(?:back\w+|quotes?|braces|fence)""",
    ),
    "de": _language(
        """null eins zwo beide beiden beider beides zweimal doppelt doppelte doppelten doppelter doppeltes verdoppelt
        verdoppeln dreimal halb halbe halben halber halbes halbiert hälfte drittel viertel dutzend hundert hunderte
        tausend tausende million millionen milliarde milliarden prozent paarweise""",
        made=rf"""(?:(?:ein|{_GERMAN_ONES})?(?:hundert|tausend)(?:und)?)*
        (?:(?:ein|{_GERMAN_ONES})und(?:{_GERMAN_TENS})|{_GERMAN_ONES}|{_GERMAN_TEENS}|{_GERMAN_TENS}|hundert|tausend)
        (?:t?e[nrsm]?|ste[nrsm]?|mal|fach\w*|tel\w*)?
        |(?:erst|zweit|dritt|siebt)e[nrsm]?|(?:zwei|drei)er""",
        phrases=r"\bein\s+paar\s+(?!mal\b)|\bnur\s+ein\w*\b|\bgenau\s+ein\w*\b",
        idioms=r"\bzum\s+ersten\s+mal\b|\bin\s+erster\s+linie\b|\bacht(?:e|en|et|ung)\b(?=\s+(?:auf|darauf))",
    ),
    "fr": _language(
        """zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts
        trente quarante cinquante soixante septante huitante nonante cent cents mille million millions milliard
        milliards demi demie demis demies moitié tiers quart quarts double doubles doublé triple triples quadruple
        dizaine dizaines douzaine douzaines centaine centaines millier milliers premier première second seconde pourcent
        zéros""",
        made=r"(?:deux|trois|quatr|cinqu|six|sept|huit|neuv|dix|onz|douz|treiz|vingt|trent|cent|mill)ièmes?",
        phrases=r"\bpour\s+cent\b|\bles\s+deux\b|\bune?\s+paire\s+de\b|\bun\s+seul\b",
        idioms=r"\btout\s+d'abord\b|\bau\s+premier\s+abord\b|\ben\s+premier\s+lieu\b",
    ),
}
"""What the audit can read, by the language that a page says it is in."""


def language(tag: str) -> Language:
    """Find the language of a tag such as ``de-AT``; English, which code and terms are in, where there is no row.

    >>> language("fr-CA") is LANGUAGES["fr"], language("ja") is LANGUAGES["en"]
    (True, True)
    """
    return LANGUAGES.get(tag.partition("-")[0].partition("_")[0].lower(), LANGUAGES["en"])
