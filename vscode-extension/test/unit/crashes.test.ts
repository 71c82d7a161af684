import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Crashes } from "../../src/server/crashes";

const MINUTE_MS = 60_000;

describe("crashes", () => {
  it("lead to another start until there are too many in a short time", () => {
    const crashes = new Crashes();
    assert.deepEqual(
      [0, 1, 2, 3].map((time) => crashes.happened(time)),
      [true, true, true, false],
    );
  });

  it("are forgotten after some minutes, and when the user says so", () => {
    const crashes = new Crashes();
    for (const minute of [0, 2, 4, 6, 8]) assert.equal(crashes.happened(minute * MINUTE_MS), true);
    for (const time of [0, 1, 2]) crashes.happened(10 * MINUTE_MS + time);
    crashes.forget();
    assert.equal(crashes.happened(10 * MINUTE_MS + 4), true);
  });
});
