/** What a user does in the workbench, and what has to come of it; one step after another. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { until, type Shop } from "./support";
import type { Workbench } from "./workbench";

/** What steps share. */
export interface Run {
  readonly workbench: Workbench;
  readonly shop: Shop;
  readonly home: string;
}

/** Something that a user does. */
export interface Step {
  readonly name: string;
  readonly act: (run: Run) => Promise<void>;
}

/** So many files make a repository that is worth indexing. */
const FILES = 500;
const TYPED = "def get_thing(request):\nthing = find_thing(request.";

const indexing: Step = {
  name: "indexing progress appears and ends",
  act: async ({ workbench, shop }) => {
    assert.ok(shop.files >= FILES);
    await workbench.status.filter({ hasText: /indexing \d+%/ }).waitFor();
    await workbench.picture("indexing");
    await workbench.status.filter({ hasText: "assist: ready" }).waitFor();
  },
};

const ghost: Step = {
  name: "ghost text appears, is accepted by word and whole, and can be undone",
  act: async ({ workbench, shop }) => {
    const { page } = workbench;
    const file = join(shop.folder, "web/new.py");
    await workbench.openFile("web/new.py");
    await workbench.toEndOfEditor();
    await page.keyboard.type(TYPED, { delay: 15 });
    const ghostText = page.locator(".ghost-text, .ghost-text-decoration").first();
    await ghostText.waitFor();
    await workbench.picture("ghost-text");
    await page.keyboard.press("Control+ArrowRight");
    await page.keyboard.press("Control+S");
    await until("a word is accepted", () =>
      /find_thing\(request\.params\W*$/.test(readFileSync(file, "utf8")),
    );
    await ghostText.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+S");
    await until("the rest is accepted", () =>
      readFileSync(file, "utf8").includes('find_thing(request.params["id"])'),
    );
    await page.keyboard.press("Control+Z");
    await page.keyboard.press("Control+S");
    await until(
      "it is undone",
      () => !readFileSync(file, "utf8").includes('find_thing(request.params["id"])'),
    );
    await page.keyboard.press("Escape");
  },
};

const indexAnswers: Step = {
  name: "without a model the chat answers with a link that opens the file at the line",
  act: async ({ workbench, shop }) => {
    await ask(workbench, "where are invoices parsed?");
    await opens(
      workbench,
      shop,
      workbench.chat.locator(".hit a.place", { hasText: shop.parserPath }).first(),
    );
    await workbench.picture("chat-index");
  },
};

const search: Step = {
  name: "the quick pick and the results view find a definition, and open it",
  act: async ({ workbench, shop }) => {
    const { page } = workbench;
    await workbench.openFile("README.md");
    await workbench.command("assist: Search");
    await page.locator(".quick-input-widget").filter({ hasText: "assist: search" }).waitFor();
    await page.locator(".quick-input-widget .quick-input-box input").fill("parse_invoice");
    const row = page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: shop.parserPath })
      .first();
    await row.waitFor();
    await workbench.picture("search-pick");
    await row.click();
    await atParser(workbench, shop);
    await workbench.openFile("README.md");
    await workbench.command("assist: Search in the Results View");
    await page.locator(".quick-input-widget .quick-input-box input").fill("parse_invoice");
    await page.keyboard.press("Enter");
    const result = page
      .locator(".pane-body .monaco-list-row")
      .filter({ hasText: "def parse_invoice" })
      .first();
    await result.waitFor();
    await workbench.picture("search-view");
    await result.click();
    await atParser(workbench, shop);
  },
};

const model: Step = {
  name: "a model's answer streams; true citations are links, untrue ones are struck out",
  act: async ({ workbench, shop }) => {
    await choose(workbench, "good");
    await workbench.command("assist: New Chat");
    await ask(workbench, "where are invoices parsed?");
    const { chat } = workbench;
    await chat.locator(".untrue s", { hasText: "800-900" }).waitFor();
    await chat.locator("article[data-state=done]").waitFor();
    await opens(workbench, shop, chat.locator(".answer a.place", { hasText: shop.parserPath }).first());
    await chat.locator("details.context summary").click();
    await chat.locator("details.context a.place").first().waitFor();
    await workbench.picture("chat-model");
  },
};

const apply: Step = {
  name: "a block of code is looked at as a diff, taken, and undone",
  act: async ({ workbench, shop }) => {
    const { page, chat } = workbench;
    const file = join(shop.folder, shop.parserPath);
    await chat.locator(".code button[data-action=apply]").first().click();
    await page.locator(".tab.active", { hasText: "proposed by assist" }).waitFor();
    await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
    await workbench.picture("apply-diff");
    await workbench.command("assist: Accept the Change");
    await page.locator(".tab", { hasText: "proposed by assist" }).waitFor({ state: "detached" });
    await page.locator(".tab.active.dirty", { hasText: "invoices.py" }).waitFor();
    await page.keyboard.press("Control+S");
    await until("the change is in the file", () =>
      readFileSync(file, "utf8").includes("return list(stream)"),
    );
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Control+Z");
    await page.keyboard.press("Control+S");
    await until("the change is undone", () => readFileSync(file, "utf8") === shop.parser);
  },
};

const edit: Step = {
  name: "a proposed change is taken hunk by hunk",
  act: async ({ workbench, shop }) => {
    const { page } = workbench;
    const file = join(shop.folder, shop.parserPath);
    await choose(workbench, "changing");
    await workbench.openFile(shop.parserPath);
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget .quick-input-box input").fill(`:${shop.parserLine + 2}`);
    await page.keyboard.press("Enter");
    await workbench.command("assist: Edit the Selection...");
    await page.locator(".quick-input-widget .quick-input-box input").fill("shorter");
    await page.keyboard.press("Enter");
    await page.locator(".tab.active", { hasText: "proposed by assist" }).waitFor();
    await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
    await workbench.picture("edit-diff");
    await workbench.command("assist: Accept the Hunk at the Cursor");
    await workbench.command("assist: Reject the Hunk at the Cursor");
    await page.locator(".tab", { hasText: "proposed by assist" }).waitFor({ state: "detached" });
    await page.locator(".tab.active.dirty", { hasText: "invoices.py" }).waitFor();
    await page.keyboard.press("Control+S");
    await until("one hunk is in the file", () => {
      const text = readFileSync(file, "utf8");
      return text.includes("one position a line") && text.includes("the invoice is empty");
    });
  },
};

const stop: Step = {
  name: "an answer that does not end is stopped",
  act: async ({ workbench }) => {
    await choose(workbench, "endless");
    await workbench.command("assist: New Chat");
    await ask(workbench, "why does this take so long?");
    const { chat } = workbench;
    await chat.locator("article[data-state=answering]").waitFor();
    await chat.locator(".composer button", { hasText: "Stop" }).click();
    await chat.locator("article[data-state=stopped]").waitFor();
  },
};

const crash: Step = {
  name: "the server is killed, starts again by itself, and that is said",
  act: async ({ workbench, shop }) => {
    const { page } = workbench;
    const [before] = workbench.servers();
    assert.ok(before);
    process.kill(before, "SIGKILL");
    await page.locator(".notification-toast", { hasText: "was started again" }).waitFor();
    await workbench.picture("restarted");
    await workbench.status.filter({ hasText: "assist: ready" }).waitFor();
    assert.ok(!workbench.servers().includes(before));
    await choose(workbench, "good");
    await workbench.command("assist: New Chat");
    await ask(workbench, "where are invoices parsed?");
    await workbench.chat.locator(".answer a.place", { hasText: shop.parserPath }).first().waitFor();
    await workbench.command("Notifications: Clear All Notifications");
  },
};

const themes: Step = {
  name: "pictures in the light and the high-contrast themes",
  act: async ({ workbench, shop }) => {
    await workbench.openFile(shop.parserPath);
    for (const [name, theme] of [
      ["light", "Light Modern"],
      ["high-contrast", "Dark High Contrast"],
      ["dark", "Dark Modern"],
    ] as const) {
      await workbench.command("Preferences: Color Theme");
      await workbench.choose(theme, new RegExp(`^${theme}$`));
      await workbench.chat.locator(`body.vscode-${name}`).waitFor();
      await workbench.picture(`theme-${name}`);
    }
  },
};

export const steps: readonly Step[] = [
  indexing,
  ghost,
  indexAnswers,
  search,
  model,
  apply,
  edit,
  stop,
  crash,
  themes,
];

async function ask(workbench: Workbench, question: string): Promise<void> {
  await workbench.command("assist: Ask");
  const field = workbench.chat.locator("textarea");
  await field.waitFor();
  await field.fill(question);
  await workbench.chat.locator(".composer button:enabled", { hasText: "Ask" }).waitFor();
  await field.press("Enter");
  await workbench.chat.locator("h2.question", { hasText: question }).last().waitFor();
}

async function choose(workbench: Workbench, backend: string): Promise<void> {
  await workbench.command("assist: Choose Who Answers...");
  await workbench.choose(backend, backend);
  await workbench.chat.locator("button.model", { hasText: `${backend}:` }).waitFor();
}

async function opens(
  workbench: Workbench,
  shop: Shop,
  link: ReturnType<Workbench["chat"]["locator"]>,
): Promise<void> {
  await workbench.openFile("README.md");
  await link.click();
  await atParser(workbench, shop);
}

async function atParser(workbench: Workbench, shop: Shop): Promise<void> {
  await workbench.tab("invoices.py").waitFor();
  await workbench.position.filter({ hasText: `Ln ${shop.parserLine},` }).waitFor();
}
