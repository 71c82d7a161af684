/** What a step is, and what several steps do: ask, choose who answers, look where the cursor is. */

import assert from "node:assert/strict";

import type { Locator } from "playwright-core";

import type { Project, Setup } from "../setup";
import { PATIENCE_MS, type Workbench } from "../workbench";

/** What steps share. */
export interface Run {
  readonly workbench: Workbench;
  readonly project: Project;
  readonly setup: Setup;
}

/** Something that a user does, and what has to come of it. Each can be run alone. */
export interface Step {
  readonly id: string;
  readonly name: string;
  readonly act: (run: Run) => Promise<void>;
}

/** A file that answers nothing: what is opened before something else has to be. */
export const ELSEWHERE = "web/cup.py";

/** Ask in the chat. */
export async function ask(workbench: Workbench, question: string): Promise<void> {
  await workbench.command("assist: Ask");
  const field = workbench.chat.locator("textarea");
  await field.waitFor();
  await field.fill(question);
  await workbench.chat.locator(".composer button:enabled", { hasText: "Ask" }).waitFor();
  await field.press("Enter");
  await workbench.chat.locator("h2.question", { hasText: question }).last().waitFor();
}

/** The entry of the picker that has no model answer. */
export const INDEX = "Index alone";

/** Have a backend answer from now on, in a new chat. */
export async function answeredBy(workbench: Workbench, backend: string): Promise<void> {
  await workbench.ready();
  await workbench.command("assist: Choose Who Answers...");
  await workbench.choose(backend, backend);
  await workbench.command("assist: Ask");
  await workbench.chat.locator("button.model", { hasText: backend }).waitFor();
  await workbench.command("assist: New Chat");
  await workbench.chat.locator(".welcome").waitFor();
}

/** Ask the model that cites; answered when the answer is there. */
export async function askCiting({ workbench, project }: Run): Promise<void> {
  await answeredBy(workbench, "citing");
  await ask(workbench, project.question);
  await workbench.chat.locator("article[data-state=done] .answer a.place").first().waitFor();
}

/** Follow a link from elsewhere; it has to lead to the line that it names, which is one of the definition's. */
export async function leads({ workbench, project }: Run, link: Locator): Promise<void> {
  const { path, start_line, end_line } = project.definition;
  const named = /:(\d+)/.exec(await link.innerText())?.[1];
  const line = Number(named);
  assert.ok(line >= start_line && line <= end_line, `${line} lies in ${start_line}-${end_line}`);
  await workbench.openFile(ELSEWHERE);
  await link.click();
  await workbench.tab(path.slice(path.lastIndexOf("/") + 1)).waitFor();
  await workbench.position.filter({ hasText: `Ln ${line},` }).waitFor();
}

/** Wait until the definition is open with the cursor on its first line. */
export async function atDefinition({ workbench, project }: Run): Promise<void> {
  const { path, start_line } = project.definition;
  await workbench.tab(path.slice(path.lastIndexOf("/") + 1)).waitFor();
  await workbench.position.filter({ hasText: `Ln ${start_line},` }).waitFor();
}

/** Wait until something is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
