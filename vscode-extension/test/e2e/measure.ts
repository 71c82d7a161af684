/** Figures instead of checks: `measure.js RUN.json`, started by `python -m benchmarks.vscode`. Prints JSON. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { readSetup, settingsOf, type Measure, type Part, type Setup } from "./setup";
import { activationMs } from "./steps/activation";
import { ask } from "./steps/step";
import { installKeyTimer, takeKeys, type Key } from "./timing";
import { Workbench } from "./workbench";

/** What is typed, again and again: nothing that completes brackets or takes a suggestion. */
const TYPED = "total = width * height + depth - margin and total or limit ";
const FILE = "typed.py";
/** So many keys come one after another; then the hand rests: ghost text comes up, what waited for the hand goes on. */
const BURST = 25;
const REST_MS = 1_000;
/** Files that come have been noticed by then. */
const SETTLE_MS = 3_000;

async function main(): Promise<void> {
  const setup = readSetup();
  const { measure } = setup;
  if (measure === undefined) throw new Error("nothing to measure is named");
  const settings = {
    ...settingsOf(setup),
    "assist.chat.backend": "streaming",
    "assist.log.level": "info",
    "editor.acceptSuggestionOnCommitCharacter": false,
    "assist.completion.enabled": !measure.without.includes("completions"),
  };
  const workbench = await Workbench.open(setup, { settings, isInstalled: measure.isInstalled });
  try {
    const figures =
      measure.what === "activation" ? await activationMs(workbench) : await typing(workbench, setup, measure);
    console.log(JSON.stringify(figures));
  } finally {
    await workbench.close();
  }
}

/** Type while files come in; with the extension also while they are indexed and an answer streams. */
async function typing(workbench: Workbench, setup: Setup, measure: Measure): Promise<Key[]> {
  const { page } = workbench;
  const does = (part: Part): boolean => measure.isInstalled && !measure.without.includes(part);
  if (measure.isInstalled) await workbench.ready();
  if (does("chat")) {
    await ask(workbench, "how is all of this put together?");
    await workbench.chat.locator("article[data-state=answering] .answer p").first().waitFor();
  }
  await workbench.openFile(FILE);
  await workbench.toEndOfEditor();
  await page.keyboard.type(TYPED, { delay: measure.everyMs }); // what runs for the first time is slower
  await installKeyTimer(page);
  if (!measure.without.includes("indexing"))
    execFileSync("cp", ["-r", measure.coming, join(setup.project.folder, "more")]);
  if (does("indexing")) await workbench.status.filter({ hasText: "indexing" }).waitFor();
  else await page.waitForTimeout(SETTLE_MS);
  let due = Date.now();
  for (let typed = 0; typed < measure.keys; typed++) {
    await page.keyboard.press(TYPED.charAt(typed % TYPED.length));
    due += typed % BURST === BURST - 1 ? REST_MS : measure.everyMs + jitterMs(typed);
    await page.waitForTimeout(Math.max(0, due - Date.now()));
  }
  await page.waitForTimeout(1_000);
  return takeKeys(page);
}

/** Return how much later or earlier a key comes than at an even pace: a screen is drawn every 17 ms, and an even pace meets
 * the same moment between two frames each time. */
function jitterMs(key: number): number {
  return ((key * 7) % 17) - 8;
}

void main();
