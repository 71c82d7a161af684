import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { definedName, Proposal } from "../../src/edits/proposal";

const BASE = "one\ntwo\nthree\nfour\n";
const HUNKS = [
  { index: 0, start: 4, end: 8, newText: "TWO\nand a half\n" },
  { index: 1, start: 14, end: 19, newText: "" },
];

describe("proposals", () => {
  it("show everything that is left and everything that is taken", () => {
    const proposal = new Proposal(BASE, HUNKS);
    assert.equal(proposal.proposed, "one\nTWO\nand a half\nthree\n");
    proposal.take([0]);
    assert.equal(proposal.proposed, "one\nTWO\nand a half\nthree\n");
    assert.deepEqual(
      proposal.left.map(({ index }) => index),
      [1],
    );
  });

  it("do not show what was rejected", () => {
    const proposal = new Proposal(BASE, HUNKS);
    proposal.reject(0);
    assert.equal(proposal.proposed, "one\ntwo\nthree\n");
    proposal.take([1]);
    assert.deepEqual(proposal.left, []);
  });

  it("find the hunk at the cursor, or the nearest one that is left", () => {
    const proposal = new Proposal(BASE, HUNKS);
    assert.equal(proposal.hunkAt(6)?.index, 0);
    assert.equal(proposal.hunkAt(proposal.proposed.length)?.index, 1);
    proposal.take([0]);
    assert.equal(proposal.hunkAt(6)?.index, 1);
    proposal.take([1]);
    assert.equal(proposal.hunkAt(6), undefined);
  });
});

describe("deciding about hunks", () => {
  const OTHERS = [
    { index: 0, start: 0, end: 4, newText: "ONE\n" },
    { index: 1, start: 8, end: 8, newText: "two and a half\n" },
    { index: 2, start: 14, end: 19, newText: "" },
  ];

  it("moves what is left of the text when a hunk before it was taken, not when one was rejected", () => {
    const proposal = new Proposal(BASE, OTHERS);
    proposal.reject(0);
    proposal.take([1]);
    assert.equal(proposal.expected, "one\ntwo\ntwo and a half\nthree\nfour\n");
    const [last] = proposal.shifted([2]);
    assert.equal(proposal.expected.slice(last?.start, last?.end), "four\n");
    assert.equal(proposal.proposed, "one\ntwo\ntwo and a half\nthree\n");
  });

  it("does not change what the whole change would be", () => {
    const proposal = new Proposal(BASE, OTHERS);
    const { complete } = proposal;
    proposal.take([1]);
    proposal.reject(0);
    assert.equal(complete, "ONE\ntwo\ntwo and a half\nthree\n");
    assert.equal(proposal.complete, complete);
  });

  it("gives nothing twice", () => {
    const proposal = new Proposal(BASE, OTHERS);
    proposal.take([1]);
    assert.deepEqual(proposal.shifted([1]), []);
  });

  it("goes on with the next hunk, then with those that were left out, until none is left", () => {
    const proposal = new Proposal(BASE, OTHERS);
    proposal.take([1]);
    assert.equal(proposal.nextAfter(1)?.index, 2);
    proposal.reject(2);
    assert.equal(proposal.nextAfter(2)?.index, 0);
    proposal.take([0]);
    assert.equal(proposal.nextAfter(0), undefined);
  });

  it("finds a hunk in the proposed text, but no rejected one", () => {
    const proposal = new Proposal(BASE, OTHERS);
    proposal.reject(0);
    const place = proposal.placeOf(1);
    assert.equal(proposal.proposed.slice(place?.start, place?.end), "two and a half\n");
    assert.equal(proposal.placeOf(0), null);
  });
});

describe("the name that code defines", () => {
  for (const [code, name] of [
    ["def load(path):\n    pass\n", "load"],
    ["@cached\nasync def fetch(x): ...", "fetch"],
    ["export class Pool {}", "Pool"],
    ["func (p *Pool) Close() error {", "Close"],
    ["pub fn run() {}", "run"],
    ["print(1)", null],
  ] as const) {
    it(`is ${name ?? "nothing"} in ${JSON.stringify(code)}`, () => assert.equal(definedName(code), name));
  }
});
