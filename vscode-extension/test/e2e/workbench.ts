/** A real workbench of VS Code: code-server with the packaged extension in a browser, everything below one folder. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

import { chromium, type Browser, type FrameLocator, type Locator, type Page } from "playwright-core";

/** What a run is made of. */
export interface Setup {
  /** A folder for everything that the run writes. */
  readonly home: string;
  /** The folder to open. */
  readonly folder: string;
  /** The server's program. */
  readonly server: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const INSTALLED = process.env["CODE_SERVER"] ?? resolve("build/code-server");
const PROGRAM = join(INSTALLED, "node_modules/code-server/out/node/entry.js");
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";
/** Everything is waited for; this is how long before it counts as failed. */
export const PATIENCE_MS = 60_000;

/** The running workbench. */
export class Workbench {
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly process: ChildProcess,
    private readonly setup: Setup,
  ) {
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(error.message));
  }

  /** Install the extension and open the folder. */
  static async open(setup: Setup, vsix: string): Promise<Workbench> {
    const { home } = setup;
    const data = join(home, "data");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(join(data, "User", "settings.json"), JSON.stringify(setup.settings, null, 2));
    const env = environment(home);
    const folders = ["--user-data-dir", data, "--extensions-dir", join(home, "extensions")];
    execFileSync(process.execPath, [PROGRAM, ...folders, "--install-extension", vsix], {
      env,
      stdio: "pipe",
    });
    const port = await freePort();
    const started = spawn(
      process.execPath,
      [
        ...[PROGRAM, ...folders, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry"],
        ...["--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override"],
      ],
      { env, stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    await listening(started);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const workbench = new Workbench(page, browser, started, setup);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(setup.folder)}`);
    await page.locator(".monaco-workbench").waitFor();
    return workbench;
  }

  /** The chat's page. */
  get chat(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** The extension's status item. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="repo-assist.assist.assist.status"]');
  }

  /** Run a command by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const exactly = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
    await this.choose(`>${title}`, exactly);
  }

  /** Type into the quick pick that is open and take the entry with a label. */
  async choose(typed: string, label: string | RegExp): Promise<void> {
    const input = this.page.locator(".quick-input-widget .quick-input-box input");
    await input.waitFor();
    await input.fill(typed);
    const named = this.page.locator(".label-name", { hasText: label });
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ has: named }).first().click();
  }

  /** Open a file of the folder. */
  async openFile(path: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    const name = path.slice(path.lastIndexOf("/") + 1);
    await this.choose(path, name);
    await this.tab(name).waitFor();
  }

  /** The tab of an open file. */
  tab(name: string): Locator {
    return this.page.locator(".tab.active", { hasText: name });
  }

  /** The cursor's line and column, as the status bar tells. */
  get position(): Locator {
    return this.page.locator('[id="status.editor.selection"]');
  }

  /** Set the cursor into the editor, at its end. */
  async toEndOfEditor(): Promise<void> {
    await this.page.keyboard.press("Control+1");
    await this.page.keyboard.press("Control+End");
  }

  /** Take a picture. */
  async picture(name: string): Promise<void> {
    const folder = process.env["PICTURES"] ?? join(this.setup.home, "pictures");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** Lines of the extension host's log that tell of errors. */
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
export function environment(home: string): NodeJS.ProcessEnv {
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
