"""Which questions are about a repository as a whole, and what they want to know about it.

"How do I run the tests?" is one; "how does the test client run requests?" is none: a question belongs here only if
all of it is one of a few known sentences, about "this", "the project" and the like or the repository's own name.
"""

import enum
import re
from collections.abc import Sequence


class About(enum.Enum):
    """What is asked about the repository."""

    PURPOSE = "purpose"
    TEST = "test"
    INSTALL = "install"
    BUILD = "build"
    RUN = "run"
    LICENSE = "license"
    DEPENDENCIES = "dependencies"
    ENTRY = "entry"
    STRUCTURE = "structure"
    CONTRIBUTE = "contribute"
    CONFIGURE = "configure"


_KIND = (
    r"(?:(?:whole|entire)\s+)?(?:project|repo(?:sitory)?|code\s?base|code|library|package|app(?:lication)?|program|tool"
    r"|software|framework|service|product|thing)"
)
_WHO = r"(?:(?:do|can|should|would|could|must)\s+(?:i|we|you|one)|to|does\s+one)"
_TESTS = (
    r"(?:all\s+)?(?:of\s+)?(?:the\s+|its\s+|your\s+|their\s+)?(?:whole\s+)?"
    r"(?:(?:unit|integration|regression)[\s-])?tests?(?:[\s-]?suite)?"
)
_PATTERNS: tuple[tuple[About, str], ...] = (
    (
        About.PURPOSE,
        r"(?:so\s+)?(?:what\s+is|what's|what\s+does|explain|describe|summari[sz]e|introduce|tell\s+me\s+about"
        r"|what\s+can\s+(?:i\s+do\s+with\s+)?|(?:give\s+me\s+)?an?\s+overview\s+of)\s*P"
        r"(?:\s+(?:about|for|do|all\s+about|used\s+for|good\s+for|to\s+me))?",
    ),
    (
        About.PURPOSE,
        r"(?:what\s+is|what's)\s+the\s+(?:purpose|goal|point|aim)\s+of\s+P|overview|what\s+am\s+i\s+looking\s+at",
    ),
    (
        About.TEST,
        rf"(?:how\s+{_WHO}\s+)?(?:run|execute|start|launch)\s+{_TESTS}(?:\s+(?:of|for|in)\s+P|\s+here|\s+locally)?",
    ),
    (
        About.TEST,
        rf"how\s+(?:are|is)\s+{_TESTS}\s+(?:run|executed|started)(?:\s+here)?|how\s+{_WHO}\s+test\s*(?:P)?",
    ),
    (
        About.TEST,
        rf"(?:what|which)\s+(?:is\s+the\s+)?command\s+(?:to\s+)?runs?\s+{_TESTS}|how\s+is\s+P\s+tested",
    ),
    (
        About.TEST,
        r"(?:what|which)\s+test(?:ing)?\s+(?:framework|runner|tool|library)(?:\s+(?:is\s+used|does\s+P\s+use))?(?:\s+here)?",
    ),
    (
        About.INSTALL,
        rf"(?:how\s+{_WHO}\s+)?(?:install|set\s?up|get|download)\s*(?:P)?(?:\s+(?:from\s+source|locally|here|up))?"
        r"(?:\s+for\s+development)?|(?:installation|install)(?:\s+instructions)?|set\s?up(?:\s+instructions)?",
    ),
    (
        About.BUILD,
        rf"(?:how\s+{_WHO}\s+)?(?:build|compile|package)\s*(?:P)?(?:\s+from\s+source|\s+locally|\s+here)?|how\s+is\s+P\s+built",
    ),
    (
        About.RUN,
        rf"how\s+{_WHO}\s+(?:run|start|launch|use|execute)\s*(?:P)?(?:\s+(?:locally|here|in\s+my\s+project))?",
    ),
    (
        About.RUN,
        rf"how\s+{_WHO}\s+get\s+(?:P\s+)?(?:started|running|going)(?:\s+with\s+P)?|getting\s+started|quick\s?start|usage",
    ),
    (
        About.LICENSE,
        r"(?:(?:under\s+)?(?:what|which)|what\s+is\s+the|what's\s+the)\s+(?:open[\s-]source\s+)?(?:software\s+)?licen[sc]e"
        r"(?:\s+(?:of|for)\s+P|\s+is\s+P(?:\s+(?:under|released\s+under))?|\s+is\s+(?:this|it|used)|\s+does\s+P\s+(?:have|use))?"
        r"(?:\s+here)?|how\s+is\s+P\s+licen[sc]ed|is\s+P\s+open[\s-]source|licen[sc]e",
    ),
    (
        About.DEPENDENCIES,
        r"what\s+does\s+P\s+(?:depend|rely)\s+on|(?:what|which)\s+(?:are\s+)?(?:the\s+|its\s+|P's\s+)?"
        r"(?:third[\s-]party\s+|external\s+|runtime\s+)?(?:dependencies|requirements|libraries|packages)"
        r"(?:\s+(?:of\s+P|(?:does|do)\s+P\s+(?:use|need|have|require|depend\s+on)|are\s+(?:used|needed|required)))?(?:\s+here)?"
        r"|(?:list\s+)?(?:the\s+)?dependencies",
    ),
    (
        About.ENTRY,
        r"(?:what|which|where)\s+(?:is|are)\s+(?:the\s+|its\s+)?(?:main\s+)?(?:entry[\s-]?points?|main(?:\s+(?:function|method|file|program))?)"
        r"(?:\s+(?:of|to|into)\s+P)?|where\s+does\s+(?:P|execution|the\s+program)\s+(?:start|begin)|entry[\s-]?points?"
        r"|what\s+commands?\s+(?:does|do)\s+P\s+(?:have|provide|offer|install)",
    ),
    (
        About.STRUCTURE,
        r"how\s+is\s+P\s+(?:structured|organi[sz]ed|laid\s+out|divided|arranged)|(?:what\s+is\s+the\s+|what's\s+the\s+|the\s+)?"
        r"(?:(?:overall|high[\s-]level)\s+)?(?:(?:directory|folder|project|code|package)\s+)?(?:structure|architecture|layout|organi[sz]ation)"
        r"(?:\s+of\s+P)?",
    ),
    (
        About.STRUCTURE,
        r"(?:what|which)\s+(?:programming\s+)?languages?(?:\s+(?:is|does|are|do)\s+(?:P|used)(?:\s+(?:written\s+in|use|in|made\s+of))?)?(?:\s+here)?"
        r"|what\s+is\s+P\s+written\s+in|where\s+(?:do|should)\s+i\s+start(?:\s+reading)?"
        r"|what\s+are\s+(?:the|its)\s+(?:main|most\s+important)\s+(?:modules|components|parts|packages|folders|directories)(?:\s+of\s+P)?",
    ),
    (
        About.CONTRIBUTE,
        rf"how\s+{_WHO}\s+(?:contribute|(?:submit|open|send)\s+a\s+(?:pull\s+request|patch|pr))(?:\s+to\s+P)?"
        r"|contribut(?:e|ing|ion)(?:\s+(?:guide(?:lines)?|rules|instructions))?",
    ),
)
_CONFIGURATION = r"(?:config(?:uration)?s?|settings|options)"
_PATTERNS += (
    (
        About.CONFIGURE,
        rf"(?:where|how)\s+is\s+P\s+configured|how\s+{_WHO}\s+(?:configure|customi[sz]e)\s+P",
    ),
    (
        About.CONFIGURE,
        rf"(?:where|what|which)\s+(?:is|are)\s+(?:the\s+|its\s+|P's\s+)?{_CONFIGURATION}(?:\s+files?)?"
        rf"(?:\s+(?:of|for)\s+P)?(?:\s+(?:stored|kept|documented|described))?"
        rf"|(?:what|which)\s+{_CONFIGURATION}\s+(?:does\s+P\s+have|are\s+there|exist)",
    ),
)
_GENERIC_NAMES = frozenset("main src app lib core server client test tests code repo project source".split())
"""Folders with such a name are not what "what does main do?" is about."""


def asked_about(question: str, names: Sequence[str]) -> About | None:
    """Return what a question wants to know about the repository as a whole; None for any other question.

    :param names: what the repository is called: its folder, its package.
    """
    text = " ".join(question.lower().replace("'s ", "'s ").split()).rstrip("?!. ")
    text = re.sub(r"^(?:please|hi|hey|ok|so|can\s+you|could\s+you)[\s,]+", "", text)
    usable = (name.lower() for name in names if len(name) > 2 and name.lower() not in _GENERIC_NAMES)
    known = "|".join(re.escape(name) for name in usable)
    subject = rf"(?:this(?:\s+{_KIND})?|(?:the|your|our)\s+{_KIND}|it|here{'|' + known if known else ''})"
    for about, pattern in _PATTERNS:
        if re.fullmatch(pattern.replace("P's", f"{subject}'s").replace("P", subject), text):
            return about
    return None
