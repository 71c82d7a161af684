import assert from "node:assert/strict";
import { it } from "node:test";

import { suggestsIn } from "../../src/completion/languages";

it("a language's own switch counts before that for all others; without either, code is suggested", () => {
  const languages = { "*": false, python: true };
  assert.equal(suggestsIn(languages, "python"), true);
  assert.equal(suggestsIn(languages, "go"), false);
  assert.equal(suggestsIn({}, "go"), true);
});
