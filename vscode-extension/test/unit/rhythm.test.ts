import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Rhythm } from "../../src/typing/rhythm";

/** Somebody who has pressed keys at an even pace; the last one at `endMs`. */
function typist(everyMs: number, endMs: number, keys = 30): Rhythm {
  const rhythm = new Rhythm();
  for (let left = keys - 1; left >= 0; left--) rhythm.typed(endMs - left * everyMs);
  return rhythm;
}

describe("rhythm", () => {
  it("has a hand rest that has pressed no key yet", () => {
    assert.equal(new Rhythm().untilRestMs(5_000, false), 0);
  });

  it("waits half as long again as usual between two keys", () => {
    const rhythm = typist(120, 9_000);
    assert.equal(rhythm.untilRestMs(9_000, false), 180);
    assert.equal(rhythm.untilRestMs(9_050, false), 130);
    assert.equal(rhythm.untilRestMs(9_180, false), 0);
  });

  it("knows no user at the first key", () => {
    assert.equal(typist(120, 9_000, 1).untilRestMs(9_000, false), 225);
  });

  it("waits less at the beginning of a line", () => {
    assert.equal(typist(240, 9_000).untilRestMs(9_000, true), 180);
  });

  it("waits neither too little nor too long", () => {
    assert.equal(typist(20, 9_000).untilRestMs(9_000, false), 100);
    assert.equal(typist(900, 99_000).untilRestMs(99_000, false), 400);
  });

  it("takes changes that come together for one key, and a pause for none", () => {
    const rhythm = typist(120, 9_000);
    for (const later of [9_120, 9_125, 20_000, 20_120]) rhythm.typed(later);
    assert.equal(rhythm.untilRestMs(20_120, false), 180);
  });

  it("forgets a typist of long ago", () => {
    const rhythm = typist(240, 9_000);
    for (let key = 1; key <= 20; key++) rhythm.typed(9_000 + key * 100);
    assert.equal(rhythm.untilRestMs(11_000, false), 150);
  });

  it("has the hand rest after a paste", () => {
    const rhythm = typist(120, 9_000);
    rhythm.ended();
    assert.equal(rhythm.untilRestMs(9_000, false), 0);
    assert.equal(rhythm.sinceMs(9_000), Infinity);
  });
});
