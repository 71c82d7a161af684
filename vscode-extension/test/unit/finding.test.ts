import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { findServer, thisMachine } from "../../src/server/finding";
import { isSupported, versionIn } from "../../src/server/version";

const folder = mkdtempSync(join(tmpdir(), "assist-finding-"));
after(() => rmSync(folder, { recursive: true }));

function program(name: string, prints: string): string {
  const file = join(folder, name, "assist");
  mkdirSync(join(folder, name));
  writeFileSync(file, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("findServer", { skip: process.platform === "win32" }, () => {
  it("passes over other programs of that name and servers that are too old", async () => {
    program("other", "Assist, the desk lamp 3.1");
    program("old", "assist 0.0.9");
    const right = program("right", "assist 0.1.4");
    const path = ["other", "old", "right"].map((name) => join(folder, name)).join(":");
    const machine = { ...thisMachine(), env: { PATH: path }, home: join(folder, "home") };
    const { found, refused } = await findServer({ configured: "", folders: [], isTrusted: true }, machine);
    assert.deepEqual(found, { file: right, origin: "path", version: "0.1.4" });
    assert.deepEqual(
      refused.map(({ why }) => why),
      ["other", "old"],
    );
  });

  it("takes no other server than the one that is set, and says that it is missing", async () => {
    const { found, refused } = await findServer({
      configured: join(folder, "nowhere", "assist"),
      folders: [],
      isTrusted: true,
    });
    assert.equal(found, null);
    assert.equal(refused[0]?.why, "missing");
  });

  it("does not run what is not a program", async () => {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "assist"), "assist 9.9.9");
    const machine = { ...thisMachine(), env: { PATH: join(folder, "data") }, home: join(folder, "home") };
    const { found, refused } = await findServer({ configured: "", folders: [], isTrusted: true }, machine);
    assert.deepEqual([found, refused], [null, []]);
  });
});

describe("versions", () => {
  it("are read from what the server prints, and from nothing else", () => {
    assert.equal(versionIn("assist 0.1.0\n"), "0.1.0");
    assert.equal(versionIn("assist, version 1.2.3.dev4\n"), "1.2.3.dev4");
    assert.equal(versionIn("error: no such option --version"), null);
    assert.equal(versionIn("another-assist 1.0.0"), null);
  });

  it("are supported from the oldest on", () => {
    assert.deepEqual(["0.0.99", "0.1.0", "0.1.0rc1", "0.10.0", "1.0"].map(isSupported), [
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
