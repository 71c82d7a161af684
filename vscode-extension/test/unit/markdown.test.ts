import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { renderBlocks, renderPlain } from "../../src/chat/markdown";
import { transcribe, withoutMarks } from "../../src/chat/transcript";
import type { AnswerEvent, CitationEvent, CopiedCodeEvent } from "../../src/protocol";

const words = {
  copy: "Copy",
  insert: "Insert",
  apply: "Apply",
  code: "Code",
  untrue: "Not true:",
  copied: "Lines {0} are copied from {1}, {2} ({3}).",
  alike: "Lines {0} are much like {1}, {2} ({3}).",
  policy: "Your policy: {0}.",
  compare: "Compare",
};
const copied: CopiedCodeEvent = {
  kind: "copiedCode",
  copies: [
    {
      startLine: 1,
      endLine: 13,
      source: "teatools 1.2",
      path: "teatools/__init__.py",
      sourceStartLine: 6,
      sourceEndLine: 18,
      licence: "MIT",
      verdict: "review",
      level: "warning",
      reason: "MIT is permissive",
    },
  ],
};
const citation: CitationEvent = {
  kind: "citation",
  text: "[src/pool.py:12-30]",
  uri: "file:///shop/src/pool.py",
  path: "src/pool.py",
  range: { start: { line: 11, character: 0 }, end: { line: 30, character: 0 } },
};

function text(text: string): AnswerEvent {
  return { kind: "text", text };
}

function html(...events: AnswerEvent[]): string {
  return renderBlocks(transcribe(events), words).join("");
}

describe("answers", () => {
  it("link a true citation to its lines, in the middle of a sentence", () => {
    const made = html(text("It's kept **by** the pool's list ("), citation, text("), which isn't long."));
    assert.match(
      made,
      /<p>It's kept <strong>by<\/strong> the pool's list \(<a class="place"[^>]*>src\/pool.py:12-30<\/a>\)/,
    );
    assert.match(made, /data-uri="file:\/\/\/shop\/src\/pool.py"/);
    assert.match(made, /data-range="\{&quot;start&quot;:\{&quot;line&quot;:11/);
  });

  it("strike an untrue citation out, with the reason, and make no link of it", () => {
    const made = html({ kind: "untrueCitation", text: "[a.py:1]", reason: "no such file", hint: "b.py?" });
    assert.match(made, /<s>\[a.py:1\]<\/s>/);
    assert.match(made, /no such file/);
    assert.doesNotMatch(made, /<a /);
  });

  it("mark names that are nowhere, and quotations that the file does not have", () => {
    const made = html(
      text("Call "),
      { kind: "flaggedName", text: "`frob()`", identifier: "frob", reason: "no such name" },
      text("\n\n```py\nx = 1\n```\n"),
      { kind: "flaggedQuotation", path: "a.py", line: "x = 1", reason: "is not in the file" },
      text("And so on."),
    );
    assert.match(made, /class="flagged"[^>]*>`frob\(\)`/);
    assert.match(
      made,
      /<\/pre><\/div>\s*<p><span class="why">✗ a.py: is not in the file<\/span><\/p>\s*<p>And so on/,
    );
  });

  it("say of copied code whose it is, under which licence, and what the policy says, behind the block", () => {
    const made = html(text("See:\n\n```py\nx = 1\n```\n"), copied, text("And so on."));
    assert.match(
      made,
      /<code>x = 1\n<\/code><\/pre><\/div>\s*<p><span class="copy review">Lines 1-13 are copied/,
    );
    assert.match(
      made,
      /from teatools 1.2, teatools\/__init__.py:6-18 \(MIT\). Your policy: review \(MIT is permissive\)\./,
    );
    assert.match(made, /<button type="button" data-action="compare" data-copy="0:0">Compare<\/button>/);
    assert.match(made, /<p>And so on/);
  });

  it("say so also of a block that was never closed, and hide none of it", () => {
    const made = html(text("```py\nx = 1\ny = 2"), copied);
    assert.match(made, /<code>x = 1\ny = 2\n<\/code>/);
    assert.match(made, /<p><span class="copy review">/);
    assert.doesNotMatch(made, /<code>[^]*copied from[^]*<\/code>/);
  });

  it("keep in code what was written, also where it was taken for a citation", () => {
    const made = html(text("```py\nx = y"), citation, text("\n```\n and `z"), citation, text("`"));
    assert.match(made, /<code>x = y\[src\/pool.py:12-30\]\n<\/code>/);
    assert.match(made, /<code>z\[src\/pool.py:12-30\]<\/code>/);
  });

  it("cannot forge a mark", () => {
    const made = html(citation, text("\uE0000\uE001 and \uE0001\uE001"));
    assert.equal(made.match(/<a /g)?.length, 1);
  });

  it("hold no HTML, no picture and no link of the model's making but to the web", () => {
    const made = html(
      text(
        '<img src=x onerror="alert(1)"> <script>x</script> ![see](https://example.org/p.png?q=secret)\n\n',
      ),
      text(
        "[a](javascript:alert(1)) [b](command:workbench.action.quit) [c](file:///etc/passwd) [d](https://example.org)",
      ),
    );
    assert.doesNotMatch(made, /<(img|script)/);
    assert.doesNotMatch(made, /href="(?!#")/);
    assert.equal(made.match(/<a /g)?.length, 1);
    assert.match(made, /data-url="https:\/\/example.org"/);
  });

  it("cannot break out of an attribute", () => {
    const path = '"><script>x</script>';
    assert.doesNotMatch(html({ ...citation, path, uri: path, text: path }), /<script/);
    assert.doesNotMatch(html(text('```"><script>\nx\n```')), /<script/);
  });

  it("give each block its own piece, so that finished ones stay as they are while more comes", () => {
    const first = renderPlain("One.\n\n- a\n- b\n\n```\nc\n", words);
    const second = renderPlain("One.\n\n- a\n- b\n\n```\nc\nd\n```\n", words);
    assert.equal(first.length, 3);
    assert.deepEqual(second.slice(0, 2), first.slice(0, 2));
    assert.notEqual(second[2], first[2]);
  });

  it("show tables and headings", () => {
    const made = html(text("## Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"));
    assert.match(made, /<h2>Title<\/h2>/);
    assert.match(made, /<td>1<\/td>/);
  });
});

describe("transcripts", () => {
  it("are the answer when their marks are replaced", () => {
    const { source, marks } = transcribe([text("Kept "), citation, text(".")]);
    assert.equal(withoutMarks(source, marks), "Kept [src/pool.py:12-30].");
  });

  it("leave out what is no part of the answer", () => {
    assert.equal(transcribe([{ kind: "thinking", text: "hm" }, text("Yes.")]).source, "Yes.");
  });
});
