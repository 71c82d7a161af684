/** A real workbench of VS Code: code-server with the packaged extension in a browser, everything below one folder. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import {
  chromium,
  type Browser,
  type Frame,
  type FrameLocator,
  type Locator,
  type Page,
} from "playwright-core";

import type { Setup } from "./setup";

const PROGRAM = "node_modules/code-server/out/node/entry.js";
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";
/** Everything is waited for; this is how long before it counts as failed. */
export const PATIENCE_MS = 120_000;
const PICK_MS = 20_000;

/** What differs between workbenches of one run. */
export interface Wanted {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether the extension is installed. */
  readonly isInstalled: boolean;
}

/** The running workbench. */
export class Workbench {
  /** Errors in the browser's console, with the address that they come from. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly process: ChildProcess,
    private readonly setup: Setup,
  ) {
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.errors.push(error.stack ?? error.message));
  }

  /** Install the extension, if it is wanted, and open the project. */
  static async open(setup: Setup, wanted: Wanted): Promise<Workbench> {
    const { home } = setup;
    const program = join(setup.codeServer, PROGRAM);
    const data = join(home, "data");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(join(data, "User", "settings.json"), JSON.stringify(wanted.settings, null, 2));
    const env = environment(home);
    const folders = ["--user-data-dir", data, "--extensions-dir", join(home, "extensions")];
    if (wanted.isInstalled) {
      const install = [program, ...folders, "--install-extension", setup.package];
      execFileSync(process.execPath, install, { env, stdio: "pipe" });
    }
    const port = await freePort();
    const started = spawn(
      process.execPath,
      [
        ...[program, ...folders, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry"],
        ...["--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override"],
      ],
      { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    await listening(started);
    const browser = await chromium.launch({
      executablePath: setup.browser.program,
      args: FLAGS.split(" "),
      env: { ...(process.env as Record<string, string>), ...setup.browser.environment },
    });
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    page.setDefaultTimeout(PATIENCE_MS);
    const workbench = new Workbench(page, browser, started, setup);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(setup.project.folder)}`);
    await page.locator(".monaco-workbench").waitFor();
    return workbench;
  }

  /** The chat's page. */
  get chat(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** The chat's page, to evaluate something in it. */
  async chatFrame(): Promise<Frame> {
    const body = await this.chat.locator("body").elementHandle();
    const frame = await body.ownerFrame();
    if (!frame) throw new Error("the chat is not shown");
    return frame;
  }

  /** The extension's status item. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="repo-assist.assist.assist.status"]');
  }

  /** Wait until the server says that it is ready. */
  async ready(): Promise<void> {
    await this.status.filter({ hasText: "assist: ready" }).waitFor();
  }

  /** Run a command that lets choose; once more if what was under way has closed its pick. */
  async commandAndChoose(title: string, typed: string, label: RegExp): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.focusEditor();
      await this.command(title);
      try {
        await this.pickInput.fill(typed, { timeout: PICK_MS });
        await this.take(label, PICK_MS);
        return;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  /** Run a command by its title. */
  async command(title: string): Promise<void> {
    const exactly = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
    await this.pick("F1", `>${title}`, exactly);
  }

  /** Run a command by its title, without the mouse. */
  async commandByKeys(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: title }).waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Type into the quick pick that is open and take the entry with a label. */
  async choose(typed: string, label: string | RegExp): Promise<void> {
    await this.fill(typed);
    await this.take(label);
  }

  /** Open a quick pick with a key, type, and take an entry; once more if what was under way has closed the pick. */
  private async pick(key: string, typed: string, label: string | RegExp): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press(key);
      try {
        await this.pickInput.fill(typed, { timeout: PICK_MS });
        await this.take(label, PICK_MS);
        return;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  private async take(label: string | RegExp, timeout = PATIENCE_MS): Promise<void> {
    const named = this.page.locator(".label-name", { hasText: label });
    await this.page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ has: named })
      .first()
      .click({ timeout });
  }

  private get pickInput(): Locator {
    return this.page.locator(".quick-input-widget .quick-input-box input");
  }

  /** Type into the quick pick that is open. */
  async fill(typed: string): Promise<void> {
    await this.pickInput.fill(typed);
  }

  /** Open a file of the folder, perhaps at a line. */
  async openFile(path: string, line?: number): Promise<void> {
    const name = path.slice(path.lastIndexOf("/") + 1);
    await this.pick("Control+P", path, name);
    await this.tab(name).waitFor();
    if (line !== undefined) {
      await this.focusEditor();
      await this.page.keyboard.press("Control+G");
      await this.fill(`:${line}`);
      await this.page.keyboard.press("Enter");
      await this.position.filter({ hasText: `Ln ${line},` }).waitFor();
    }
  }

  /** The tab of an open file. */
  tab(name: string): Locator {
    return this.page.locator(".tab.active", { hasText: name });
  }

  /** The cursor's line and column, as the status bar tells. */
  get position(): Locator {
    return this.page.locator('[id="status.editor.selection"]');
  }

  /** Give the editor the keyboard, which the chat's page may have. */
  async focusEditor(): Promise<void> {
    const focused = this.page.locator(".editor-instance .monaco-editor.focused").first();
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press("Control+1");
      try {
        await focused.waitFor({ timeout: PATIENCE_MS / 8 });
        return;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  }

  /** Set the cursor into the editor, at its end. */
  async toEndOfEditor(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press("Control+End");
  }

  /** Take a picture. */
  async picture(name: string): Promise<void> {
    mkdirSync(this.setup.pictures, { recursive: true });
    await this.page.screenshot({ path: join(this.setup.pictures, `${name}.png`) });
  }

  /** Lines of the extension host's log, and of the extension's own, that tell of errors. */
  logged(): string[] {
    const logs = join(this.setup.home, "data", "logs");
    return readdirSync(logs, { recursive: true, encoding: "utf8" })
      .filter((name) => /exthost[^/]*\/(remoteexthost|.*assist.*)\.log$/.test(name))
      .flatMap((name) => readFileSync(join(logs, name), "utf8").split("\n"))
      .filter((line) => line.includes("[error]"));
  }

  /** The processes of the language server, by their ids. */
  servers(): number[] {
    const isOurs = (pid: string): boolean => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return (
          words.includes("lsp") && readFileSync(`/proc/${pid}/environ`, "utf8").includes(this.setup.home)
        );
      } catch {
        return false; // it has ended meanwhile
      }
    };
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && isOurs(name))
      .map(Number);
  }

  /** End it all. */
  async close(): Promise<void> {
    await this.browser.close();
    if (this.process.pid !== undefined && this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once("exit", done));
      process.kill(-this.process.pid, "SIGTERM");
      await ended;
    }
  }
}

/** The environment of a user whose folders lie below one. */
function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: home,
    LANG: "C.UTF-8",
    ASSIST_CONFIG_DIR: join(home, "config"),
    ASSIST_CACHE_DIR: join(home, "cache"),
    ASSIST_STATE_DIR: join(home, "state"),
    ASSIST_DATA_DIR: join(home, "share"),
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") done(address.port);
        else fail(new Error("no port is free"));
      });
    });
  });
}

function listening(started: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let output = "";
    const heard = (text: Buffer): void => {
      output += text.toString();
      if (output.includes("HTTP server listening")) done();
    };
    started.stdout?.on("data", heard);
    started.stderr?.on("data", heard);
    started.once("exit", () => fail(new Error(`code-server ended:\n${output}`)));
  });
}
