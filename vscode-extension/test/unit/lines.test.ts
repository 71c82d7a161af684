import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { hunksOf } from "../../src/edits/lines";
import { Proposal } from "../../src/edits/proposal";

const BASE = "head\ndef f(x):\n    a = 1\n    b = 2\n    return a\ntail\n";
const START = BASE.indexOf("def");
const END = BASE.indexOf("tail");

function parted(newText: string): [string, string][] {
  return hunksOf(BASE, START, END, newText).map(({ start, end, newText }) => [
    BASE.slice(start, end),
    newText,
  ]);
}

/** A small generator of numbers, the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

describe("a replacement", () => {
  it("is parted into the lines that it changes, adds and takes away", () => {
    assert.deepEqual(parted("def f(x, y):\n    a = 1\n    return a + y\n"), [
      ["def f(x):\n", "def f(x, y):\n"],
      ["    b = 2\n    return a\n", "    return a + y\n"],
    ]);
    assert.deepEqual(parted("def f(x):\n    a = 1\n    b = 2\n    c = 3\n    return a\n"), [
      ["", "    c = 3\n"],
    ]);
    assert.deepEqual(parted(""), [[BASE.slice(START, END), ""]]);
  });

  it("has no hunk if it changes nothing", () => {
    assert.deepEqual(parted(BASE.slice(START, END)), []);
  });

  it("is one hunk where a comparison would take too long", () => {
    const many = Array.from({ length: 2100 }, (_, number) => `${number}\n`).join("");
    const others = Array.from({ length: 2100 }, (_, number) => `x${number}\n`).join("");
    assert.deepEqual(hunksOf(many, 0, many.length, others), [
      { index: 0, start: 0, end: many.length, newText: others },
    ]);
  });

  it("is made by taking its hunks in any order, and what is not taken stays as it was", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const draw = numbers(seed);
      const lines = (count: number): string =>
        Array.from({ length: count }, () => `${"abcd"[draw(4)]}\n`).join("") + (draw(2) ? "end" : "");
      const [before, base, after, newText] = [lines(2), lines(draw(9)), lines(1), lines(draw(9))];
      const text = `${before}\n${base}\n${after}`;
      const start = before.length + 1;
      const hunks = hunksOf(text, start, start + base.length, newText);
      const proposal = new Proposal(text, hunks);
      assert.equal(proposal.proposed, `${before}\n${newText}\n${after}`);
      let now = text;
      const order = hunks.map(({ index }) => index).sort(() => draw(3) - 1);
      for (const index of order) {
        assert.equal(now, proposal.expected);
        const [hunk] = proposal.shifted([index]);
        assert.ok(hunk);
        now = now.slice(0, hunk.start) + hunk.newText + now.slice(hunk.end);
        proposal.take([index]);
      }
      assert.equal(now, proposal.proposed);
      assert.equal(now, proposal.expected);
    }
  });
});
