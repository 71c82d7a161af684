import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pace } from "../../src/chat/pace";

describe("pace", () => {
  it("lets the first words go at once, and the next ones together", () => {
    const pace = new Pace();
    assert.equal(pace.waitMs(5_000), 0);
    pace.drawn(5_000);
    assert.equal(pace.waitMs(5_000), 100);
    assert.equal(pace.waitMs(5_030), 70);
    assert.equal(pace.waitMs(5_200), 0);
  });

  it("is slower while somebody types, and for a while after", () => {
    const pace = new Pace();
    pace.typed(5_000);
    assert.equal(pace.waitMs(5_000), 0);
    pace.drawn(5_100);
    assert.equal(pace.waitMs(5_100), 500);
    pace.drawn(5_950);
    assert.equal(pace.waitMs(5_999), 451);
    assert.equal(pace.waitMs(6_000), 50);
  });
});
