/**
 * The extension in a real workbench, from its installation on: `npm run e2e`.
 *
 * CODE_SERVER: folder that scripts/install-code-server.sh made; ASSIST: the server's program; VSIX: the package;
 * CHROMIUM: the browser; PICTURES: folder for pictures.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { accessibility } from "./accessibility";
import { steps, type Run } from "./steps";
import { ModelServer, modelThatSays, writeShop } from "./support";
import { Workbench } from "./workbench";

/** Of what the workbench itself says without a network, nothing counts; of what concerns this extension, everything but the kill. */
const CONCERNS = /assist|Refused to|Content Security Policy/;
const EXPECTED = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|net::ERR|Server process exited with signal SIGKILL/;

async function main(): Promise<void> {
  const server = resolve(process.env["ASSIST"] ?? "../.venv/bin/assist");
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const vsix = resolve(process.env["VSIX"] ?? `build/assist-${version}.vsix`);
  const home = mkdtempSync(join(tmpdir(), "assist-e2e-"));
  const shop = writeShop(server, join(home, "shop"));
  const models = await ModelServer.start(server);
  configure(home, models.url, shop);
  const settings = {
    "assist.server.path": server,
    "assist.chat.backend": "none",
    "assist.completion.backend": "none",
    "editor.wordBasedSuggestions": "off",
    "workbench.startupEditor": "none",
    "files.autoSave": "off",
    "workbench.hover.delay": 60_000,
    "telemetry.telemetryLevel": "off",
    "workbench.colorTheme": "Default Dark Modern",
    "files.simpleDialog.enable": true,
  };
  const workbench = await Workbench.open({ home, folder: shop.folder, server, settings }, vsix);
  const run: Run = { workbench, shop, home };
  let failed = false;
  try {
    const begun = Date.now();
    for (const step of [...steps, accessibility]) {
      const start = Date.now();
      try {
        await step.act(run);
      } catch (error) {
        console.error(`failed: ${step.name}`);
        await workbench.picture("failure");
        throw error;
      }
      console.log(`ok ${step.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    }
    const errors = [
      ...workbench.errors.filter((text) => CONCERNS.test(text)),
      ...workbench.logged().filter((text) => !EXPECTED.test(text)),
    ];
    assert.deepEqual(errors, [], "errors in the console or in the extension host's log");
    console.log(`ok, ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  } catch (error) {
    failed = true;
    console.error(error);
    console.error(workbench.errors.concat(workbench.logged()).join("\n"));
  } finally {
    await workbench.close();
    models.stop();
    if (failed && process.env["KEEP"]) console.error(`kept: ${home}`);
    else rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  process.exitCode = failed ? 1 : 0;
}

/** Configure models: one that answers with citations, one that changes the parser, one that never ends. */
function configure(home: string, url: string, shop: { parser: string; parserPath: string }): void {
  const { parser, parserPath } = shop;
  const answer =
    `Invoices are parsed by \`parse_invoice\` [${parserPath}:8-16], not in [${parserPath}:800-900].\n\n` +
    "```python\ndef parse_invoice(stream):\n    return list(stream)\n```\n";
  const changed = parser
    .slice(parser.indexOf("def parse"))
    .replace("one line a position, with its name, its count and its price", "one position a line")
    .replace("the invoice is empty", "nothing is in the invoice");
  const backends = {
    good: modelThatSays(answer),
    changing: modelThatSays(`\`\`\`python\n${changed}\`\`\`\n`),
    endless: "never",
  };
  const tables = Object.entries(backends).map(
    ([name, model]) => `[backends.${name}]\nkind = "openai"\nurl = "${url}"\nmodel = "${model}"\n`,
  );
  mkdirSync(join(home, "config"), { recursive: true });
  writeFileSync(join(home, "config", "config.toml"), tables.join("\n"));
}

void main();
