// Packages the extension: `npm run package`. Fails if the package is larger than people should have to download.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";

const LARGEST_MB = 1.5;
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const file = `build/${name}-${version}.vsix`;

mkdirSync("build", { recursive: true });
rmSync("dist", { recursive: true, force: true });
cpSync("../LICENSE", "LICENSE");
execFileSync(
  "npx",
  [
    "vsce",
    "package",
    "--no-dependencies",
    "--skip-license",
    "--no-rewrite-relative-links",
    "--allow-missing-repository",
    "--out",
    file,
  ],
  {
    stdio: ["ignore", "inherit", "inherit"],
  },
);
const megabytes = statSync(file).size / 1e6;
if (megabytes > LARGEST_MB) {
  console.error(
    `error: ${file} has ${megabytes.toFixed(2)} MB, more than ${LARGEST_MB}; look for what was bundled`,
  );
  process.exit(1);
}
console.log(`${file}: ${(megabytes * 1000).toFixed(0)} kB`);
