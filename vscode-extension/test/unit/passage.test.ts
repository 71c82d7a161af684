import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isNote, linesOf, nameWithEnding, titleOf } from "../../src/copies/passage";

const note = {
  startLine: 12,
  endLine: 29,
  source: "more-itertools 10.5.0",
  path: "more_itertools/more.py",
  sourceStartLine: 128,
  sourceEndLine: 146,
  licence: "MIT",
  verdict: "review",
  level: "warning",
  reason: "",
} as const;

describe("passages", () => {
  it("are the lines that are named, both ends included, whatever ends lines", () => {
    assert.equal(linesOf("a\nb\nc\nd\n", 2, 3), "b\nc");
    assert.equal(linesOf("a\r\nb\r\nc", 2, 2), "b");
  });

  it("leave out lines that are not there", () => {
    assert.equal(linesOf("a\nb", 2, 9), "b");
    assert.equal(linesOf("a\nb", 0, 1), "a");
    assert.equal(linesOf("a\nb", 5, 9), "");
  });

  it("are named with their lines and the licence, if it is known", () => {
    assert.equal(
      titleOf({ note, text: "", name: "src/util/batch.py" }),
      "more-itertools 10.5.0, more_itertools/more.py:128-146 (MIT) ↔ src/util/batch.py:12-29",
    );
    assert.doesNotMatch(
      titleOf({ note: { ...note, licence: "NOASSERTION" }, text: "", name: "a" }),
      /NOASSERTION/,
    );
  });

  it("have the source's ending where the user's text has none, so that they are coloured", () => {
    assert.equal(nameWithEnding({ note, text: "", name: "answer" }), "answer.py");
    assert.equal(nameWithEnding({ note, text: "", name: "src/a.go" }), "src/a.go");
  });

  it("come with diagnostics as notes, which other data is not", () => {
    assert.equal(isNote(note), true);
    for (const other of [undefined, null, "x", 3, {}, { verdict: "deny" }])
      assert.equal(isNote(other), false);
  });
});
