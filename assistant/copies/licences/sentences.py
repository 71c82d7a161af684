"""Sentences around licence texts: which speak of rights, and which of these neither grant nor restrict anything.

A title, an introduction, a pointer to a file, a disclaimer or a note on bundled parts is understood by its words:
what it says of the licence is in a small vocabulary, in which no condition can be put. Any other sentence with a word
of rights in it is not understood: it may be a licence of its own.
"""

import enum
import re

NAMED = "\u00a7"
"""Stands in a sentence where the name of a licence stood."""
_FILE = "\u00b6"
_URL = re.compile(r"<?\b(?:https?://|www\.)[^\s<>()\[\]]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FILE_NAME = re.compile(r"[\w*-]*(?:[./_\\][\w*-]+)+/?|\blicen[sc]e[-_]\w+")
_VERSIONED = re.compile(r"-v?\d+(?:\.\d+)*$")
_BREAK = re.compile(
    r"(?<=[.;!?])[\"')*\]`]*(?:\s+|$)|:\s*\n"  # the end of a sentence
    r"|\n\s*\n|\n[ \t]*(?:[-*+][ \t]|\d{1,2}[.)][ \t])"  # of a paragraph, or of an item
    r"|[-=_*~+#]{4,}"
)
_WORD = re.compile(rf"[{NAMED}{_FILE}]|[^\W_]+(?:'[a-z]+)?")
_SPEAKS_OF_RIGHTS = re.compile(
    r"\b(?:(?:re|un|sub|dual)?licen[sc](?:e|es|ed|ing|or|ee)|permi(?:t|ts|tted|ssion|ssions)|redistribut\w+"
    r"|grant(?:s|ed)?|warrant\w+|liab\w+|proprietary|confidential|(?:non)?commercial\w*|patents?|prohibit\w*|forbidden"
    r"|restrict\w+|a?gpl\w*|lgpl\w*|bsd|terms|conditions?|must|shall|may not|not be (?:used|copied)"
    r"|fees?|royalt\w+|free (?:for|to use)|(?:academic|personal|education\w*|research) (?:use|purpose)s?"
    r"|distribut(?:es?|ed|ing)|reproduc\w+|re-?s(?:ell|old|ale)\w*|sell\w*|sold|sale|purchas\w+|subscri(?:ption|be)\w*|pay(?:s|ment)?|paid"
    r"|agree[ds]?|agreement|clause|copyleft|source-available|trial|military|employees|companies|customers"
    r"|internal use|not for use|only \w+(?: \w+)? may|do not \w+|no part"
    r"|except(?:ing)?(?= )|exclud\w+|with the exception|does not (?:apply|cover|extend)"
    r"|non(?=[- ](?:profit (?:use|purpose)|exclus|transfer|free|derivat)))\b"
)
_RESTRICTS = re.compile(
    r"(?:permi(?:t|ts|tted|ssion|ssions)|grant(?:s|ed)?|proprietary|confidential|(?:non)?commercial\w*|patents?"
    r"|prohibit\w*|forbidden|restrict\w+|must|shall|only|except\w*|exclud\w+|unless|not|no|never|without|non\w*|until|if"
    r"|academic|education\w*|personal|research|evaluation|students?|internal|trial|military|fees?|royalt\w+|pa(?:y|id"
    r"|ys|yment)|ethical\w*|compan(?:y|ies)|employees|customers|subscribers|members|licensees?|conditions?|warrant\w+"
    r"|liab\w+|evil|good|redistribut\w+|agreement|a?gpl\w*|lgpl\w*|bsd)\Z"
)
_STATES = frozenset(
    """is are was were be been has have licensed licenses released distributed available provided supplied covered
    governed under follows follow applies apply see refer derived based contains includes reproduced dual found comes
    waived at via subject which""".split()
)
_VOCABULARY = _STATES | frozenset(
    """a above accompanying accordance according additional address adopted after agreement agreements
    all along also an and any apache appear appears applicable approved as asf attached author authors
    banner before begin beginning below between block both bottom brought bundled but by can case
    changes check choice choose chosen clause code collectively comment comments complete completely
    component components conditions consists consult contain containing content contents contributions
    contributor contributors copied copies copy copying copyright copyrighted copyrights dependencies
    derivative described detail details developed differ different digital directories directory
    distribution documentation documented each either elsewhere end entire entirety every example except
    expat explicitly expression external externally faq file files following for foundation free from
    full further general given governing header headers here herein holder holders identifier in
    included including incorporated indicate indicated individual info information into it item its
    itself known language later legal level libraries library license licensing like limitations list
    listed located look made main maintained many material materials may means mentioned mind
    modifications modified module more most name named new note noted notes notice notices obtain
    obtained of old on one open option or origin original originally originating osi other others
    otherwise our out own owned owners package packages part parts party per permissions permissive
    please portion portions possible present primarily program project projects public published
    questions re read reads recommend reference referenced referencing regarding related relicensed
    remainder remaining repository respective rest revised root same sample scripts second section
    sections separate separated separately several shared shipped should shown simplified software some
    source sources spdx specific specified standard state stated statement states style sub
    subcomponents subdirectories such support term terms text texts than that the their them there these
    they third this those three to together top tree triple two unless upon upstream use used user users
    uses using various vendor vendored version versions we well when where who whole will with within
    work works written you your zero""".split()
)
"""Words in which no condition can be put: what follows a statement may hold no others."""
_SAVE_WHERE = re.compile(
    r"\b(?:unless|except)\b(?: (?:as|where|when|if|for|explicitly|otherwise|specifically))* ?"
    r"(?:stated|specified|noted|indicated|documented|mentioned|declared|marked)(?: (?:otherwise|below|here))?"
)
_PARTS_OF = re.compile(
    r"\b(?:parts?|portions?|rest|remainder) of [\w.-]+(?: that are not(?= (?:externally|otherwise)))?"
)
_FREE_SOFTWARE = re.compile(r"\byou (?:can|may) redistribute (?:it|them) and/or modify (?:it|them)\b")
"""How the notices of the GNU licences begin."""
_OF_OTHER_PARTS = re.compile(
    r"\b(?:different|other|own|respective|separate(?:ly)?|otherwise|elsewhere|various|individual|each|original)\b"
)
_OF_CONTRIBUTING = re.compile(
    r"\W*(?:if you contribute|by (?:contributing|submitting)|(?:all |any |no |external )*contributions? )"
    r"|.{0,80}\bunder (?:an?|one or more) contributor (?:licen[sc]e )?agreements?\W*$"
)
_OF_COMPATIBILITY = re.compile(r"\b[al]?gpl[- ]compatib|\bunlike (?:the )?[al]?gpl\b")
_OF_WARRANTY = re.compile(r"\b(?:warrant\w+|liab\w+|guarantees?|merchantab\w+|non-?infringement)\b")
_GRANTS = re.compile(
    r"\b(?:permi\w+|grant\w*|licen[sc]\w+|redistribut\w+|must|only|except|unless|commercial\w*|restrict\w+"
    r"|prohibit\w*|sold|sell\w*|copied)\b"
)
_TITLE_TAG = re.compile(r"@licen[sc]e[ \t]+(?!see\b)[\w.@/-]+(?:[ \t]+v?[\d.]+)?[ \t]*(?=\n|\|)")
"""``@license React``: what minifiers keep, with the name of the library."""
_TITLE = re.compile(
    r"\W*(?:the )?((?:[\w.+'-]+ ){1,4})(?:software |public )?licen[sc]e"
    rf"(?: (?:agreement|info|information|terms|notice|text))?\W*(?:\(?{NAMED}\)?)?\W*"
)
_FOR_USE = re.compile(r"\bfor use(?! as follows)\b|\bsource[- ]available\b")
_REFUSES = re.compile(r"\b(?:must|only|commercial\w*|prohibit\w*|permission|restrict\w+|sold|sell\w*)\b")
_SENTENCE = re.compile(r"[.;!?]\s+|\n\s*\n|[-=_*~]{4,}")
_LONGEST_SENTENCE = 400
_ASIDE = re.compile(r"\([^()]*\)")
_MEDIA = re.compile(
    r"\b(?:documentation|docs|manuals?|logos?|icons?|artwork|images|fonts|web ?site)\b[^,]*\b(?:is|are)\s+"
    r"(?:supplied|licen[sc]ed|released|distributed|available|provided|covered|made\s+available)\b"
)
_CODE = re.compile(
    r"\b(?:code|software|sources?|librar\w+|programs?|projects?|packages?|files|everything|all|rest)\b"
)
_NAMES = frozenset({"by", "copyright", "author", "authors", "c"})
_LONGEST_NAME = 6


class Meaning(enum.Enum):
    """What a sentence says of rights."""

    NOTHING = "nothing"
    OTHER_PARTS = "other parts"  # some files have licences of their own, which are not here
    TERMS = "terms"  # it was not understood, and may grant or restrict something


def meaning_of(passage: str) -> Meaning:
    """Tell what a passage says of rights, beside the licences that it names.

    :param passage: prepared, with :data:`NAMED` for names of licences.
    """
    found = Meaning.NOTHING
    if NAMED in passage:
        passage = _TITLE_TAG.sub(" ", passage)
    for sentence in _sentences(passage):
        meaning = _meaning_of_sentence(sentence)
        if meaning is Meaning.TERMS:
            return meaning
        if meaning is Meaning.OTHER_PARTS:
            found = meaning
    return found


def is_of_media(before: str) -> bool:
    """Tell whether the licence named next is said to hold for no code: "The documentation is supplied under ...".

    :param before: the prepared text up to the name.
    """
    sentence = _ASIDE.sub(" ", _SENTENCE.split(before[-_LONGEST_SENTENCE:])[-1])
    return _MEDIA.search(sentence) is not None and not _CODE.search(sentence)


def speaks_of_rights(text: str) -> bool:
    """Tell whether a text has a word of rights in it."""
    return _SPEAKS_OF_RIGHTS.search(text) is not None


def beyond_statements(passage: str) -> str:
    """Return a passage without the sentences that only state which licences hold for what."""
    return " ".join(one for one in _sentences(passage) if not _is_statement(one))


def without_title(passage: str) -> str:
    """Return a passage without the title of what follows it: "The Example License"."""
    lines = passage.rstrip(" \t\n=-_*~#:").split("\n")
    title = _TITLE.fullmatch(lines[-1].strip())
    if title is None or any(_RESTRICTS.match(word) or word in _STATES for word in _WORD.findall(title[1])):
        return passage
    return "\n".join(lines[:-1])


def _sentences(passage: str) -> list[str]:
    plain = _URL.sub(" ", passage)
    return [" ".join(part.split()) for part in _BREAK.split(plain) if part and part.strip()]


def _meaning_of_sentence(sentence: str) -> Meaning:
    if not _SPEAKS_OF_RIGHTS.search(sentence):
        return Meaning.NOTHING
    aside = _OF_CONTRIBUTING.match(sentence) or _OF_COMPATIBILITY.search(sentence)
    if aside and not _REFUSES.search(sentence):
        return Meaning.NOTHING
    if _OF_WARRANTY.search(sentence) and not _GRANTS.search(sentence):
        return Meaning.NOTHING
    if not _is_statement(sentence):
        return Meaning.TERMS
    return Meaning.OTHER_PARTS if _OF_OTHER_PARTS.search(sentence) else Meaning.NOTHING


def _is_statement(sentence: str) -> bool:
    if _FOR_USE.search(sentence):
        return False
    plain = _FREE_SOFTWARE.sub(" ", _PARTS_OF.sub(" parts ", _SAVE_WHERE.sub(" otherwise ", sentence)))
    return _only_states(_WORD.findall(_FILE_NAME.sub(_file_mark, plain)))


def _file_mark(name: re.Match[str]) -> str:
    """Return a mark for the name of a file; what only looks like one, ``commercial/private``, ``tea-1.0``, stays."""
    is_other = _VERSIONED.search(name[0]) or any(_RESTRICTS.match(word) for word in _WORD.findall(name[0]))
    return name[0] if is_other else f" {_FILE} "


def _only_states(words: list[str]) -> bool:
    """Tell whether all words are known, but for those of a subject in front and of a holder at the end."""
    words = _without_holder(words)
    unknown = [at for at, word in enumerate(words) if not _is_known(word)]
    if not unknown:
        return True
    begin = unknown[-1] + 1
    subject, said = words[:begin], words[begin:]
    if any(_RESTRICTS.match(word) or _SPEAKS_OF_RIGHTS.fullmatch(word) for word in subject):
        return False
    if (
        said
        and said[0] in ("license", "licenses", "clause")
        and not (subject[-1].endswith("'s") or NAMED in said[1:2])
    ):
        return False  # the subject ends in the name of a licence that is not known
    speaks = any(word == NAMED or _SPEAKS_OF_RIGHTS.fullmatch(word) for word in said)
    is_title = said[0] == "licensing" if said else False
    return speaks and (is_title or said[:2] == ["license", NAMED] or any(word in _STATES for word in said))


def _is_known(word: str) -> bool:
    return word in _VOCABULARY or word in (NAMED, _FILE) or word.isdigit() or len(word) == 1


def _without_holder(words: list[str]) -> list[str]:
    """Cut a name or a description off the end: "released by ...", "an MIT licensed library for ..."."""
    starts = [at for at, word in enumerate(words) if word in _NAMES]
    pairs = [at + 1 for at in range(len(words) - 1) if words[at : at + 2] == [NAMED, "licensed"]]
    for at in [*pairs, *reversed(starts)]:
        rest = words[at + 1 :]
        short = at in pairs or len(rest) <= _LONGEST_NAME
        if short and not any(_RESTRICTS.match(word) or _SPEAKS_OF_RIGHTS.fullmatch(word) for word in rest):
            return words[: at + (at in pairs)]
    return words
