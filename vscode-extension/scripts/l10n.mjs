// Extracts the texts that people see for translators: `node scripts/l10n.mjs` writes l10n/bundle.l10n.json, and with
// `--check` fails if that file is not what the sources say.
import { getL10nJson } from "@vscode/l10n-dev";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "l10n/bundle.l10n.json";
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .sort()
  .map((name) => ({ extension: ".ts", contents: readFileSync(join("src", name), "utf8") }));
const texts = await getL10nJson(sources);
const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
const made = `${JSON.stringify(sorted, null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(FILE, made);
else if (readFileSync(FILE, "utf8") !== made) {
  console.error(`error: ${FILE} is not what the sources say; run npm run l10n`);
  process.exit(1);
}
