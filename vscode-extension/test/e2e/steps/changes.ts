/** Changes: a block of code of an answer is applied, a proposed change is taken in part. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { answeredBy, askCiting, until, type Run, type Step } from "./step";

export const apply: Step = {
  id: "apply",
  name: "a block of code is looked at as a diff, taken, and undone",
  act: async (run) => {
    const { page, chat } = run.workbench;
    const { path, start_line } = run.project.definition;
    await run.workbench.openFile(path, start_line);
    await askCiting(run);
    await chat.locator(".code button[data-action=apply]").first().click();
    await diffShown(run);
    await run.workbench.picture("apply-diff");
    await run.workbench.command("assist: Accept the Change");
    await changed(run);
    await page.keyboard.press("Control+S");
    await until("the change is in the file", () => saved(run).includes("return list(text)"));
    await undone(run);
  },
};

export const edit: Step = {
  id: "edit",
  name: "a proposed change is taken hunk by hunk",
  act: async (run) => {
    const { page } = run.workbench;
    const { path, start_line } = run.project.definition;
    await answeredBy(run.workbench, "changing");
    await run.workbench.openFile(path, start_line);
    await run.workbench.command("assist: Edit the Selection...");
    await run.workbench.fill("comment it");
    await page.keyboard.press("Enter");
    await diffShown(run);
    await run.workbench.picture("edit-diff");
    await run.workbench.command("assist: Accept the Hunk at the Cursor");
    await run.workbench.command("assist: Reject the Hunk at the Cursor");
    await changed(run);
    await page.keyboard.press("Control+S");
    await until("one hunk is in the file, and the other is not", () => {
      const text = saved(run);
      return text.includes("# the first hunk") && !text.includes("# the second hunk");
    });
    await undone(run);
  },
};

/** Wait until the proposed change is shown beside what is there. */
export async function diffShown({ workbench }: Run): Promise<void> {
  await workbench.page.locator(".tab.active", { hasText: "proposed by assist" }).waitFor();
  await workbench.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
}

/** Wait until the diff is closed and the file is shown, changed. */
export async function changed({ workbench, project }: Run): Promise<void> {
  const { path } = project.definition;
  const name = path.slice(path.lastIndexOf("/") + 1);
  await workbench.page.locator(".tab", { hasText: "proposed by assist" }).waitFor({ state: "detached" });
  await workbench.page.locator(".tab.active.dirty", { hasText: name }).waitFor();
}

/** Undo in the editor and save; the file has to be as it was. */
export async function undone(run: Run): Promise<void> {
  const { page } = run.workbench;
  await run.workbench.focusEditor();
  await page.keyboard.press("Control+Z");
  await page.keyboard.press("Control+S");
  await until("the change is undone", () => saved(run) === run.project.definition.file);
}

function saved({ project }: Run): string {
  return readFileSync(join(project.folder, project.definition.path), "utf8");
}
