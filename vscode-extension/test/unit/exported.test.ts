import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { contextMarkdown, conversationMarkdown } from "../../src/chat/exported";
import type { Turn } from "../../src/chat/messages";
import type { Strings } from "../../src/chat/strings";
import type { AnswerEvent, Context, CopyNote } from "../../src/protocol";

/** Words that are their own names, with the places for values that the renderers fill. */
const words = new Proxy({} as Strings, {
  get: (_, name) => (name === "copied" ? "copied {0} {1} {2} {3}" : `${String(name)} {0} {1} {2}`.trim()),
});
const copy: CopyNote = {
  startLine: 1,
  endLine: 2,
  source: "teatools 1.2",
  path: "tea.py",
  sourceStartLine: 6,
  sourceEndLine: 7,
  licence: "MIT",
  verdict: "review",
  level: "warning",
  reason: "",
};
const passage = { path: "a.py", startLine: 3, endLine: 9, tokens: 9, origin: "found by search" };
const events: AnswerEvent[] = [
  {
    kind: "context",
    query: "q",
    backend: "good",
    model: "m",
    endpoint: "http://127.0.0.1:1",
    passages: [passage],
    leftOut: [],
    redacted: {},
  },
  { kind: "text", text: "See " },
  { kind: "untrueCitation", text: "[b.py:1]", reason: "no such file" },
  { kind: "copiedCode", copies: [copy] },
];
const turn: Turn = { id: 1, question: "where?", events, state: "stopped", outcome: null, error: "" };

describe("an exported chat", () => {
  it("has the question, as much of the answer as came, what is copied, and what was sent", () => {
    const text = conversationMarkdown([turn], "A chat", words);
    assert.match(text, /^# A chat\n\n## where\?\n\nSee \[b\.py:1\]/);
    assert.match(text, /> copied 1-2 teatools 1\.2 tea\.py:6-7 MIT/);
    assert.match(text, /http:\/\/127\.0\.0\.1:1:\n\n- a\.py:3-9 found by search\n$/);
    assert.match(text, /\*stopped/);
  });

  it("says why an answer failed", () => {
    const failed: Turn = { ...turn, events: [], state: "failed", error: "401: the key was refused" };
    assert.match(conversationMarkdown([failed], "A chat", words), /\*401: the key was refused\*/);
  });
});

describe("what would be sent", () => {
  const context: Context = {
    query: "q",
    passages: [passage],
    messages: [{ role: "user", content: "```py\nx = 1\n```" }],
    leftOut: ["secret.env: ignored"],
    redacted: { token: 2 },
    bytes: 1234,
    backend: "good",
    model: "m",
    endpoint: "http://127.0.0.1:1",
  };

  it("is shown whole: where to, how much, the passages, what is left out, each message as it is", () => {
    const text = contextMarkdown(context, words);
    assert.match(text, /wouldBeSent 1234 m http:\/\/127\.0\.0\.1:1/);
    assert.match(text, /- a\.py:3-9 found by search/);
    assert.match(text, /leftOut secret\.env: ignored/);
    assert.match(text, /redacted token 2/);
    assert.match(text, /## user\n\n````\n```py\nx = 1\n```\n````\n/);
  });

  it("is nothing where the index answers", () => {
    const text = contextMarkdown({ ...context, backend: null }, words);
    assert.match(text, /nothingWouldBeSent/);
    assert.doesNotMatch(text, /a\.py/);
  });
});
