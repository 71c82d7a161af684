"""What a check for copied code finds: values for whoever shows them, from the command line to the language server."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.copies.licences.credit import Attribution, attribution_for
from assistant.copies.licences.model import LicenceFinding
from assistant.copies.policy import Ruling, Verdict


class CopyLevel(StrEnum):
    """How sure a copy is."""

    WARNING = "warning"
    """Written alike, for longer than chance has it."""
    HINT = "hint"
    """Alike but for names or some changed lines; or a duplicate within one's own code."""


class CopyKind(StrEnum):
    """Whose code it is."""

    COPY = "copy"
    DUPLICATE = "duplicate"
    """Of one's own code: no licence, no verdict."""


@dataclass(frozen=True, slots=True)
class CopySource:
    """Where a copied passage stands; lines count from 1 and include the last."""

    name: str
    """Of the package, repository, folder or archive."""
    version: str
    path: str
    """Within it, with forward slashes."""
    start_line: int
    end_line: int
    text: str
    """The passage: these lines, as they were compared."""
    licence: LicenceFinding
    ruling: Ruling
    kind: str = ""
    """As in :class:`assistant.copies.corpora.Facts`: ``python``, ``node``, ``git`` ..."""
    url: str = ""
    revision: str = ""
    file: str = ""
    """The absolute path of the file; empty if it is not on this disk."""

    @property
    def title(self) -> str:
        """The name with the version, if there is one."""
        return f"{self.name} {self.version}" if self.version else self.name

    @property
    def lines(self) -> str:
        """The path with its lines: ``more.py:128-146``."""
        return f"{self.path}:{self.start_line}-{self.end_line}"

    @property
    def attribution(self) -> Attribution:
        """The credit that the licence asks for."""
        span = f"lines {self.start_line}-{self.end_line}"
        said = f"{self.title}, {self.path}, {span}"
        if self.url:
            said += f" <{self.url}>"
        return attribution_for(self.licence, said)


@dataclass(frozen=True, slots=True)
class CopyFinding:
    """A passage that stands elsewhere, too; lines count from 1 and include the last."""

    path: str
    """As it was given to the check."""
    start_line: int
    end_line: int
    text: str
    """The passage: these lines."""
    kind: CopyKind
    level: CopyLevel
    exact_run: int
    """Most tokens in a row that are written alike."""
    matched_tokens: int
    """Tokens that are written alike or consistently renamed."""
    renamed: tuple[tuple[str, str], ...]
    """Pairs of a name here and its name in the first source."""
    sources: tuple[CopySource, ...]
    """Never empty; the best first."""
    suppressed: str = ""
    """The reason of a comment ``assist: copied-ok``; empty if there is none."""
    attributed: bool = False
    """Whether a comment beside it names one of the sources and its licence."""
    is_verified: bool = True
    """Whether the passages were compared. If not, the corpus came without text: fingerprints agree, the source's lines
    are estimated, its text is empty."""

    @property
    def source(self) -> CopySource:
        """The best of the sources."""
        return self.sources[0]

    @property
    def ruling(self) -> Ruling:
        """What the policy says: of several sources that have the very same passage, the strictest."""
        same = [one for one in self.sources if _squeezed(one.text) == _squeezed(self.source.text)]
        return max((one.ruling for one in same), key=lambda ruling: ruling.verdict)

    @property
    def verdict(self) -> Verdict:
        """The ruling's verdict; of one's own code, that it is allowed."""
        return Verdict.ALLOW if self.kind is CopyKind.DUPLICATE else self.ruling.verdict

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: it is allowed, accepted with a reason, or given credit where that may do."""
        if self.suppressed or self.verdict is Verdict.ALLOW:
            return True
        return self.attributed and self.verdict is Verdict.REVIEW and self.source.licence.known


def _squeezed(text: str) -> str:
    return " ".join(text.split())
