/** Suggestions as ghost text. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Locator } from "playwright-core";

import type { Workbench } from "../workbench";
import { until, type Step } from "./step";

const REST_MS = 5_000;
const TRIES = 6;
/** After each key: longer than it takes until a hand rests. */
const LOOKS = 12;
const LOOK_EVERY_MS = 25;
const FILE = "web/new.py";
/** More than a step does in one file. */
const MOST_TO_UNDO = 25;
const TYPED = "def get_thing(request):\nthing = find_thing(request.";
const SUGGESTED = 'find_thing(request.params["id"])';

export const ghost: Step = {
  id: "ghost",
  name: "ghost text appears, stays while it is typed through, is accepted by word and whole, and can be undone",
  act: async ({ workbench, project }) => {
    const { page } = workbench;
    const saved = (): string => readFileSync(join(project.folder, FILE), "utf8");
    const before = saved();
    const ghostText = await suggested(workbench);
    await workbench.picture("ghost-text");
    for (const key of "par") {
      await page.keyboard.press(key);
      for (let looks = 0; looks < LOOKS; looks++) {
        assert.ok(await ghostText.isVisible(), "what is typed through stays");
        await page.waitForTimeout(LOOK_EVERY_MS);
      }
    }
    assert.ok(await ghostText.isVisible(), "what is typed through stays");
    await page.keyboard.press("Control+ArrowRight");
    await page.keyboard.press("Control+S");
    await until("a word is accepted", () => /find_thing\(request\.params\W*$/.test(saved()));
    await ghostText.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+S");
    await until("the rest is accepted", () => saved().includes(SUGGESTED));
    await page.keyboard.press("Control+Z");
    await page.keyboard.press("Control+S");
    await until("it is undone", () => !saved().includes(SUGGESTED));
    await takenBack(workbench);
    await until("the file is as before", () => saved() === before);
  },
};

/** Type what the file's other functions go on with in one way; what is suggested. */
export async function suggested(workbench: Workbench): Promise<Locator> {
  await workbench.ready();
  await workbench.openFile(FILE);
  await workbench.toEndOfEditor();
  await workbench.page.keyboard.type(TYPED, { delay: 15 });
  const ghostText = workbench.page.locator(".ghost-text, .ghost-text-decoration").first();
  // On a machine under load a suggestion may not be found in the little time that one has; the next key asks again.
  for (let tries = 1; !(await appears(ghostText)); tries++) {
    assert.ok(tries < TRIES, "ghost text appears");
    console.log("   no ghost text: typing the last key once more");
    await workbench.page.keyboard.press("Backspace");
    await workbench.page.keyboard.type(TYPED.at(-1) ?? "");
  }
  return ghostText;
}

async function appears(ghostText: Locator): Promise<boolean> {
  return ghostText.waitFor({ timeout: REST_MS }).then(
    () => true,
    () => false,
  );
}

/** Undo all that was typed since the file was opened, and save. */
export async function takenBack(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.keyboard.press("Escape");
  await workbench.focusEditor();
  for (let undone = 0; undone < MOST_TO_UNDO; undone++) await page.keyboard.press("Control+Z");
  await page.keyboard.press("Control+S");
  await page.locator(".tab.active.dirty").waitFor({ state: "detached" });
}
