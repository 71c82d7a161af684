import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pace } from "../../src/chat/pace";

describe("pace", () => {
  it("lets the first words go at once, and the next ones together", () => {
    const pace = new Pace();
    assert.equal(pace.waitMs(5_000, false), 0);
    pace.drawn(5_000);
    assert.equal(pace.waitMs(5_000, false), 100);
    assert.equal(pace.waitMs(5_030, false), 70);
    assert.equal(pace.waitMs(5_200, false), 0);
  });

  it("is slower while somebody types", () => {
    const pace = new Pace();
    assert.equal(pace.waitMs(5_000, true), 0);
    pace.drawn(5_100);
    assert.equal(pace.waitMs(5_100, true), 1_000);
    assert.equal(pace.waitMs(6_050, true), 50);
    assert.equal(pace.waitMs(6_050, false), 0);
  });
});
