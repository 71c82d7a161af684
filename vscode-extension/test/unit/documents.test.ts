/** What the documents say of commands and keys is what the manifest has. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

interface Binding {
  readonly command: string;
  readonly key: string;
  readonly when?: string;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly Binding[];
    readonly menus: Readonly<Record<string, readonly { readonly command?: string }[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly { readonly completionEvents: string[] }[] }[];
  };
}

const { contributes } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const commands = new Set(contributes.commands.map(({ command }) => command));
const page = readFileSync("../docs/editors.md", "utf8");
const readme = readFileSync("README.md", "utf8");

/** A key as documents write it: `Ctrl+K A`. */
function written(key: string): string {
  return key.replace(
    /(^|[+ ])([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

describe("docs/editors.md", () => {
  it("has every command of the manifest in its table, and no other", () => {
    const table = page.slice(page.indexOf("## What works where"));
    const named = new Set([...table.matchAll(/`(assist\.[\w.]+)`/g)].map(([, name]) => name ?? ""));
    assert.deepEqual([...named].sort(), [...commands].sort());
  });

  it("names every key that is bound", () => {
    for (const { key } of contributes.keybindings)
      assert.ok(page.includes(`\`${written(key)}\``), written(key));
  });
});

describe("the documents", () => {
  it("name no key that is not bound, but the editor's own", () => {
    const own = new Set(["Tab", "Ctrl+Right", "Enter", "Shift+Enter", "Cmd", "Ctrl"]);
    const bound = new Set(contributes.keybindings.map(({ key }) => written(key)));
    const section = page.slice(page.indexOf("## VS Code"), page.indexOf("## Neovim"));
    const keys = [...(section + readme).matchAll(/`((?:Ctrl|Alt|Shift|Cmd)\+[^`]+|F\d+)`/g)];
    assert.ok(keys.length > 5);
    for (const [, key] of keys) assert.ok(bound.has(key ?? "") || own.has(key ?? ""), key);
  });
});

describe("the manifest", () => {
  it("binds no key everywhere, and none that types a letter with AltGr", () => {
    for (const { command, key, when } of contributes.keybindings) {
      assert.ok(when, command);
      assert.doesNotMatch(key, /ctrl\+alt\+[a-z0-9]$/, command);
      assert.doesNotMatch(key, /^(shift\+)?(tab|escape|enter)$/, command);
    }
  });

  it("names in menus, keys and the walkthrough only commands that there are", () => {
    const named = [
      ...Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? [])),
      ...contributes.keybindings.map(({ command }) => command),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ completionEvents }) =>
          completionEvents.flatMap((event) => /^onCommand:(.*)$/.exec(event)?.[1] ?? []),
        ),
      ),
    ];
    for (const name of named) {
      assert.ok(commands.has(name) || name.startsWith("editor.action."), name);
    }
  });
});
