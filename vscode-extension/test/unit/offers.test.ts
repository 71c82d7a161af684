import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { MOST_OFFERS, offersFor, type Known } from "../../src/chat/offers";

const SPECIAL = ["@selection", "@diff"].map((label) => ({ insert: label, label, detail: "" }));

function inserted(prefix: string, known: Partial<Known>): string[] {
  const all = { special: [], open: [], files: [], symbols: [], ...known };
  return offersFor(prefix, all).map(({ insert }) => insert);
}

describe("what is offered after an @", () => {
  it("is what is special, then open files, then files and symbols whose names begin so", () => {
    const known = {
      special: SPECIAL,
      open: ["src/di.py"],
      files: ["src/media.py", "src/dispatch.py"],
      symbols: [
        { name: "Media", detail: "" },
        { name: "dig", detail: "" },
      ],
    };
    assert.deepEqual(inserted("di", known), [
      "@diff",
      "@src/di.py",
      "@src/dispatch.py",
      "@dig",
      "@src/media.py",
      "@Media",
    ]);
  });

  it("has nothing twice, and nothing that does not fit", () => {
    assert.deepEqual(inserted("a", { open: ["a.py", "b.py"], files: ["a.py"] }), ["@a.py"]);
    assert.deepEqual(inserted("x", { symbols: [{ name: "pool", detail: "" }] }), []);
  });

  it("names the folders of files by their own names or their paths", () => {
    const files = ["src/pool/a.py", "src/pool/b/c.py"];
    assert.deepEqual(inserted("poo", { files }).slice(0, 1), ["@src/pool/"]);
    assert.ok(inserted("src/po", { files }).includes("@src/pool/"));
    assert.ok(!inserted("poo", { files }).includes("@src/"));
  });

  it("is never more than can be looked over", () => {
    const files = Array.from({ length: 50 }, (_, number) => `a${number}.py`);
    assert.equal(inserted("a", { files }).length, MOST_OFFERS);
  });

  it("before anything is written is what is special and what is open", () => {
    assert.deepEqual(inserted("", { special: SPECIAL, open: ["a.py"] }), ["@selection", "@diff", "@a.py"]);
  });
});
