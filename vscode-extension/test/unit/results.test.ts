import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Hit } from "../../src/protocol";
import { childrenOf, neighbour, parentOf, treeOf, trimmed } from "../../src/search/tree";

function hit(path: string, line: number, lines = 1): Hit {
  const at = { line, character: 0 };
  return {
    uri: `file:///shop/${path}`,
    path,
    range: { start: at, end: at },
    target: { start: at, end: at },
    score: 1,
    language: "python",
    name: `${path}:${line}`,
    kind: "function",
    reason: "defines it",
    lines: Array.from({ length: lines }, (_, place) => ({ line: line + place, text: "x" })),
  };
}

const HITS = [hit("b.py", 3), hit("a.py", 1, 2), hit("b.py", 9, 0)];
const files = treeOf(HITS);
const names = files.flatMap((file) => file.hits.map((node) => node.hit.name));

describe("results", () => {
  it("stand by file, where the file's best place does, and keep the order of places", () => {
    assert.deepEqual(
      files.map(({ path, hits }) => [path, hits.length]),
      [
        ["b.py", 2],
        ["a.py", 1],
      ],
    );
    assert.deepEqual(names, ["b.py:3", "b.py:9", "a.py:1"]);
  });

  it("know what lies in what, both ways", () => {
    for (const file of files) {
      assert.equal(parentOf(file), undefined);
      for (const place of childrenOf(file)) {
        assert.equal(parentOf(place), file);
        for (const line of childrenOf(place)) assert.equal(parentOf(line), place);
      }
    }
    assert.deepEqual(
      files.flatMap(({ hits }) => hits.map(({ lines }) => lines.length)),
      [1, 0, 2],
    );
  });

  it("are gone through one place after another, round and round", () => {
    const [b3, b9, a1] = files.flatMap(({ hits }) => hits);
    assert.equal(neighbour(files, undefined, 1), b3);
    assert.equal(neighbour(files, undefined, -1), a1);
    assert.equal(neighbour(files, b3, 1), b9);
    assert.equal(neighbour(files, a1, 1), b3);
    assert.equal(neighbour(files, b3, -1), a1);
    assert.equal(neighbour(files, a1?.lines[1], -1), b9);
    assert.equal(neighbour(files, files[1], 1), a1);
    assert.equal(neighbour(files, files[1], -1), b9);
    assert.equal(neighbour([], undefined, 1), undefined);
  });

  it("show lines without indentation, with what matches where it stands then", () => {
    assert.deepEqual(trimmed({ line: 1, text: "    def pool(self):  ", matches: [{ start: 8, end: 12 }] }), {
      label: "def pool(self):",
      highlights: [[4, 8]],
    });
    assert.deepEqual(trimmed({ line: 1, text: "  ab  ", matches: [{ start: 0, end: 9 }] }).highlights, [
      [0, 2],
    ]);
    assert.deepEqual(trimmed({ line: 1, text: "   ", matches: [{ start: 0, end: 2 }] }).highlights, []);
  });
});
