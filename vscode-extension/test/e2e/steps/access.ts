/** For those who see or point otherwise: axe-core on the chat's page, and everything by keyboard alone. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";

import { answeredBy, askCiting, atDefinition, until, type Run, type Step } from "./step";
import { changed, diffShown, undone } from "./changes";

const AXE = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
const ACTIONS = "a, button:not(:disabled), textarea, summary, [tabindex='0']";

export const axe: Step = {
  id: "axe",
  name: "the chat's page has no violation that axe-core knows",
  act: async (run) => {
    await askCiting(run);
    const frame = await run.workbench.chatFrame();
    // The page's policy forbids scripts that are not its own; what the test evaluates is outside of it.
    await frame.evaluate(AXE);
    const results = await frame.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    assert.ok(results.passes.length > 0);
    assert.deepEqual(
      results.violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      ]),
      [],
    );
  },
};

export const keyboard: Step = {
  id: "keyboard",
  name: "by keyboard alone: ask, reach every action of the chat, open a citation, apply code",
  act: async (run) => {
    const { workbench, project } = run;
    const { page, chat } = workbench;
    const { path, start_line } = project.definition;
    await answeredBy(workbench, "citing");
    await workbench.openFile(path, start_line);
    await workbench.commandByKeys("assist: Ask");
    await chat.locator("textarea:focus").waitFor();
    await page.keyboard.type(project.question);
    await page.keyboard.press("Enter");
    await chat.locator("article[data-state=done]").waitFor();
    await reached(run);
    await focused(run, ".answer a.place");
    await page.keyboard.press("Enter");
    await atDefinition(run);
    await workbench.commandByKeys("assist: Ask");
    await focused(run, ".code button[data-action=apply]");
    await page.keyboard.press("Enter");
    await diffShown(run);
    await page.keyboard.press("Control+Enter");
    await changed(run);
    await page.keyboard.press("Control+S");
    await undone(run);
  },
};

/** Go through the page with Tab and with Shift+Tab; everything that can be acted on has to be come by. */
async function reached({ workbench }: Run): Promise<void> {
  const frame = await workbench.chatFrame();
  const all = await frame.evaluate((actions) => {
    const shown = [...document.querySelectorAll<HTMLElement>(actions)].filter((item) =>
      item.checkVisibility(),
    );
    return shown.length;
  }, ACTIONS);
  await frame.evaluate(() => {
    const seen = new Set<EventTarget>();
    document.addEventListener("focusin", ({ target }) => target && seen.add(target));
    Object.assign(window, { seen });
  });
  const count = (): Promise<number> =>
    frame.evaluate(
      (actions) =>
        [...(window as unknown as { seen: Set<Element> }).seen].filter((item) => item.matches(actions))
          .length,
      ACTIONS,
    );
  for (const key of ["Shift+Tab", "Tab"]) {
    await workbench.commandByKeys("assist: Ask");
    await workbench.chat.locator("textarea:focus").waitFor();
    for (let press = 0; press <= all && (await frame.evaluate(() => document.hasFocus())); press++) {
      await workbench.page.keyboard.press(key);
    }
  }
  const names = await frame.evaluate((actions) => {
    const { seen } = window as unknown as { seen: Set<Element> };
    return [...document.querySelectorAll<HTMLElement>(actions)]
      .filter((item) => item.checkVisibility() && !seen.has(item) && item.tagName !== "TEXTAREA")
      .map((item) => item.outerHTML.slice(0, 200));
  }, ACTIONS);
  assert.deepEqual(names, [], "what Tab does not reach");
  assert.ok((await count()) >= all - 1);
}

/** Go back with Shift+Tab, from the field, until what is wanted has the focus; once more where it was passed by. */
async function focused({ workbench }: Run, wanted: string): Promise<void> {
  const frame = await workbench.chatFrame();
  const fromField = async (): Promise<void> => {
    await workbench.commandByKeys("assist: Ask");
    await workbench.chat.locator("textarea:focus").waitFor();
  };
  await fromField();
  await until(`Shift+Tab leads to ${wanted}`, async () => {
    const isThere = await frame.evaluate(
      (selector) => document.activeElement?.matches(selector) ?? false,
      wanted,
    );
    const isInPage = await frame.evaluate(() => document.hasFocus());
    if (isThere && isInPage) return true;
    if (isInPage) await workbench.page.keyboard.press("Shift+Tab");
    else await fromField(); // a key was slower than the look at what it did
    return false;
  });
}
