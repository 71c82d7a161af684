"""Judges licences of copied code by the policies of the user and of the repository.

::

    # the user's config.toml, or a repository's assist.toml
    [copies]
    allow = ["permissive"]                  # SPDX identifiers, WITH included, or categories
    review = ["weak-copyleft"]
    deny = ["strong-copyleft", "network-copyleft", "non-free"]
    unknown = "review"                      # or "deny"

    [[copies.exceptions]]
    package = "left-pad"                    # or path = "src/vendor/*.c"
    licence = "GPL-3.0-only"                # may be left out: any
    verdict = "allow"
    reason = "we bought a licence"
    expires = 2027-01-31

An identifier counts before its category; of a choice (``OR``) the best branch counts, of what holds together (``AND``)
the worst. Where both state a policy, both judge and the worse verdict counts: a repository can only be stricter.
"""

import datetime
import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from assistant.copies.licences.categories import Category, category_of
from assistant.copies.licences.expressions import alternatives, normalise
from assistant.copies.licences.model import NOASSERTION, UNKNOWN_PART, LicenceFinding
from assistant.copies.policy_file import ExceptionRule, PolicyTable, read_policy
from assistant.settings import REPOSITORY_FILE, Settings, repository_table


class Verdict(IntEnum):
    """What a policy says; the worst of several is their maximum."""

    ALLOW = 0
    REVIEW = 1
    DENY = 2


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict and why."""

    verdict: Verdict
    reason: str
    notes: tuple[str, ...] = ()
    """What else the user should know: an exception that has expired."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One stated policy."""

    table: PolicyTable
    source: str
    """Who states it, for reasons: the name of the file, or ``default policy``."""

    def judge(
        self,
        licence: LicenceFinding | str,
        package: str = "",
        path: str = "",
        today: datetime.date | None = None,
    ) -> Ruling:
        """Judge a licence.

        :param package: The name of the package that the code is from, if any.
        :param path: The path that exceptions may name: of the source file within its package or repository.
        :param today: Decides whether exceptions have expired; the current date by default.
        """
        expression = licence if isinstance(licence, str) else licence.expression
        day = today or datetime.datetime.now(datetime.UTC).date()
        notes = []
        for rule in self.table.exceptions:
            if not _covers(rule, package, path, expression):
                continue
            if rule.expires is not None and rule.expires < day:
                notes.append(f"the exception for {rule.subject} expired on {rule.expires} ({self.source})")
                continue
            until = f", until {rule.expires}" if rule.expires else ""
            reason = f"{self.source}: exception for {rule.subject}: {rule.reason}{until}"
            return Ruling(Verdict[rule.verdict.upper()], reason, tuple(notes))
        verdict, reason = self._of_expression(expression)
        return Ruling(verdict, f"{self.source}: {reason}", tuple(notes))

    def _of_expression(self, expression: str) -> tuple[Verdict, str]:
        unknown = Verdict[self.table.unknown.upper()]
        parsed = None if expression == NOASSERTION else normalise(expression)
        if parsed is None:
            return unknown, "the licence is not known"
        ways = [max(map(self._of_licence, way), key=lambda said: said[0]) for way in alternatives(parsed)]
        return min(ways, key=lambda said: said[0])

    def _of_licence(self, licence: str) -> tuple[Verdict, str]:
        for name in dict.fromkeys((licence, licence.partition(" WITH ")[0])):
            listed = self._listed(name)
            if listed is not None and not (name != licence and category_of(licence) is Category.UNKNOWN):
                return listed, f"{licence} is listed by its name under {listed.name.lower()}"
        category = category_of(licence)
        if category is Category.UNKNOWN:
            said = (
                "a part of the licence is not known" if licence == UNKNOWN_PART else f"{licence} is not known"
            )
            return Verdict[self.table.unknown.upper()], said
        listed = self._listed(category.value)
        if listed is None:
            return Verdict.REVIEW, f"{licence} ({category.value}) is in no list"
        return listed, f"{licence} is {category.value}"

    def _listed(self, name: str) -> Verdict | None:
        """Return the verdict of the strictest list that has a name."""
        lists = ((Verdict.DENY, "deny"), (Verdict.REVIEW, "review"), (Verdict.ALLOW, "allow"))
        return next((verdict for verdict, key in lists if name in self.table.lists[key]), None)


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies that hold for a repository; never empty."""

    policies: tuple[Policy, ...]

    def judge(
        self,
        licence: LicenceFinding | str,
        package: str = "",
        path: str = "",
        today: datetime.date | None = None,
    ) -> Ruling:
        """Judge by every policy; the worst verdict counts, the user's reason first where they agree."""
        rulings = [policy.judge(licence, package, path, today) for policy in self.policies]
        worst = max(rulings, key=lambda ruling: ruling.verdict)
        notes = tuple(dict.fromkeys(note for ruling in rulings for note in ruling.notes))
        return Ruling(worst.verdict, worst.reason, notes)


def policy_for(root: Path | None, settings: Settings) -> Policies:
    """Return the policies of the user and of a repository; the default one where neither states any.

    :raises SettingsError: for a malformed policy; the message names file, line and key.
    """
    stated = []
    if settings.copies:
        stated.append(Policy(read_policy(settings.copies, settings.config_file), settings.config_file.name))
    repository: Mapping[str, object] = repository_table(root, "copies") if root is not None else {}
    if root is not None and repository:
        stated.append(Policy(read_policy(repository, root / REPOSITORY_FILE), REPOSITORY_FILE))
    return Policies(tuple(stated) or (Policy(PolicyTable(), "default policy"),))


def _covers(rule: ExceptionRule, package: str, path: str, expression: str) -> bool:
    if rule.package and not (package and fnmatch.fnmatchcase(package.casefold(), rule.package.casefold())):
        return False
    if rule.path and not (path and fnmatch.fnmatchcase(path, rule.path)):
        return False
    return not rule.licence or rule.licence == (normalise(expression) or expression)
