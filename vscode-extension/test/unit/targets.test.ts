import assert from "node:assert/strict";
import { it } from "node:test";

import { parted } from "../../src/chat/targets";

it("a slash command works on what it names first, else on the selection", () => {
  assert.deepEqual(parted("@src/pool.py:10-20 be brief"), { target: "src/pool.py:10-20", rest: "be brief" });
  assert.deepEqual(parted("@Pool"), { target: "Pool", rest: "" });
  assert.deepEqual(parted("be brief about @Pool"), { target: null, rest: "be brief about @Pool" });
  assert.deepEqual(parted("@selection be brief"), { target: null, rest: "be brief" });
  assert.deepEqual(parted(""), { target: null, rest: "" });
});
