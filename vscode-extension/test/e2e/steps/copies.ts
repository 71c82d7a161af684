/** Code that is pasted out of an installed package. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { takenBack } from "./completion";
import { until, type Run, type Step } from "./step";

const FILE = "web/pasted.py";

export const copies: Step = {
  id: "copies",
  name: "a pasted passage is marked with its source, and a quick fix credits it",
  act: async (run) => {
    const { workbench, project } = run;
    const { page } = workbench;
    const saved = (): string => readFileSync(join(project.folder, FILE), "utf8");
    await pasted(run);
    await page.keyboard.press("F8");
    await page.locator(".marker-widget", { hasText: project.copiedFrom }).waitFor();
    await workbench.picture("copied");
    await page.keyboard.press("Escape");
    await workbench.command("assist: Compare Copied Code With Its Source");
    await workbench.tab(project.copiedFrom).waitFor();
    await page.locator(".monaco-diff-editor").waitFor();
    await workbench.picture("copied-beside");
    await workbench.command("View: Close Editor");
    await workbench.focusEditor();
    await page.keyboard.press("Control+.");
    const fixes = page.locator(".action-widget .monaco-list-row");
    await fixes.filter({ hasText: project.copiedFrom }).first().waitFor();
    await workbench.picture("copied-fixes");
    const credit = page.locator(".action-widget .monaco-list-row.focused", { hasText: "Give credit" });
    await until("the fix is chosen", async () => {
      if ((await credit.count()) > 0) return true;
      await page.keyboard.press("ArrowDown");
      return false;
    });
    await page.keyboard.press("Enter");
    await fixes.first().waitFor({ state: "detached" });
    await page.locator(".squiggly-info, .squiggly-warning").first().waitFor({ state: "detached" });
    await page.keyboard.press("Control+S");
    await until("the source is named in the file", () => saved().includes(project.copiedFrom));
    await takenBack(workbench);
  },
};

/** Paste a function of an installed package; answered when it is marked. */
export async function pasted({ workbench, project }: Run): Promise<void> {
  const { page } = workbench;
  await workbench.ready();
  await page.evaluate((text) => navigator.clipboard.writeText(text), `\n\n${project.copied}`);
  await workbench.openFile(FILE);
  await workbench.toEndOfEditor();
  await page.keyboard.press("Control+V");
  await page.locator(".squiggly-info, .squiggly-warning").first().waitFor();
}
