"""Words that the transformations put into copies: comments, names of variables, extra lines."""

from __future__ import annotations

from collections.abc import Mapping

COMMENTS = (
    "keep the order of the input",
    "nothing to do for an empty one",
    "checked above",
    "see the notes on limits",
    "this may be slow for large inputs",
    "falls back to the default",
    "the caller owns the result",
    "only the first one counts",
    "note: both ends are included",
    "collect what is left",
    "TODO: say why this is needed",
    "skip what we have seen before",
    "not an error, just unusual",
    "the last step",
    "remember it for the next round",
    "same as before, but the other way round",
)

NAMES = tuple(
    (
        "item entry node value element current total record chosen piece extra first second left right buffer amount "
        "target origin marker needle pending outcome payload subject detail figure ratio weight budget cursor anchor "
        "bucket segment token field column row cell group member owner parent child branch leaf queue stack heap batch "
        "chunk slice window offset limit bound lower upper inner outer front back head tail prior latest oldest newest "
        "alpha beta gamma delta omega sigma theta kappa accum interim scratch holder wrapper handle handler listener "
        "observer visitor walker reader writer loader saver maker builder finder keeper tracker counter gauge meter"
    ).split()
)

EXTRA_LINES: Mapping[str, tuple[str, ...]] = {
    "python": (
        "logger.debug('now at %s', NAME)",
        "attempts = attempts + 1",
        "if NAME is None: raise ValueError('missing')",
        "started_at = time.monotonic()",
        "print('checking', repr(NAME))",
        "history.append((NAME, len(history)))",
    ),
    "javascript": (
        "console.debug('now at', NAME);",
        "attempts += 1;",
        "if (NAME == null) throw new TypeError('missing');",
        "const startedAt = performance.now();",
        "history.push([NAME, history.length]);",
        "report.lines.push(String(NAME));",
    ),
    "java": (
        'LOGGER.debug("now at {}", NAME);',
        "attempts++;",
        'Objects.requireNonNull(NAME, "missing");',
        "final long startedAt = System.nanoTime();",
        "history.add(String.valueOf(NAME));",
        "System.err.println(NAME);",
    ),
    "go": (
        'log.Printf("now at %v", NAME)',
        "attempts++",
        "history = append(history, fmt.Sprint(NAME))",
        "startedAt := time.Now()",
        'fmt.Fprintln(os.Stderr, "checking", NAME)',
        "report.Lines = append(report.Lines, len(NAME))",
    ),
}
"""Statements to insert; NAME stands for a name of the fragment."""
