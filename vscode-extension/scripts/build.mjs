// Bundles the extension and its web views: `node scripts/build.mjs [--production] [--watch] [--tests] [--e2e]`.
import * as esbuild from "esbuild";
import { readdirSync } from "node:fs";

const flags = new Set(process.argv.slice(2));
const shared = {
  bundle: true,
  minify: flags.has("--production"),
  sourcemap: flags.has("--production") ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
};

// What talks to the server is a file of its own that is read when the server is started: the activation is short.
const CLIENT = "vscode-languageclient/node";
const clientApart = {
  name: "client-apart",
  setup: ({ onResolve }) => {
    onResolve({ filter: new RegExp(`^${CLIENT}$`) }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./client.js", external: true },
    );
  },
};
const extension = {
  ...shared,
  entryPoints: { extension: "src/extension.ts", client: CLIENT },
  outdir: "dist",
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  supported: { "dynamic-import": false },
  plugins: [clientApart],
};
const webview = {
  ...shared,
  entryPoints: { chat: "src/chat/webview/main.ts" },
  outdir: "dist",
  platform: "browser",
  target: "chrome120",
  format: "iife",
};

/** A bundle for each file of a folder of tests. */
function tests(folder) {
  return {
    ...shared,
    minify: false,
    entryPoints: readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
    outdir: `build/${folder}`,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode", "playwright-core", "axe-core", "esbuild"],
  };
}

const wanted = flags.has("--tests")
  ? [tests("test/unit")]
  : flags.has("--e2e")
    ? [{ ...tests("test/e2e"), entryPoints: ["test/e2e/run.ts", "test/e2e/measure.ts"] }]
    : [extension, webview];

if (flags.has("--watch")) {
  for (const options of wanted) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(wanted.map((options) => esbuild.build(options)));
}
