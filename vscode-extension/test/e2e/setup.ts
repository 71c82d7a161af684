/** What tests/editors/vscode/drive.py tells of a run. */

import { readFileSync } from "node:fs";

/** A function of the repository; lines are counted from 1. */
export interface Definition {
  readonly path: string;
  readonly name: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly text: string;
  /** The whole text of its file. */
  readonly file: string;
}

/** The repository that is opened, and what is known of it. */
export interface Project {
  readonly folder: string;
  readonly files: number;
  /** A question that the definition answers. */
  readonly question: string;
  readonly definition: Definition;
  /** The definition with the comments `the first hunk` and `the second hunk`. */
  readonly changed: string;
  /** A function of an installed package, and that package with its version. */
  readonly copied: string;
  readonly copiedFrom: string;
}

/** What benchmarks/vscode.py wants measured. */
export interface Measure {
  readonly what: "typing" | "activation";
  /** Whether the extension is there. */
  readonly isInstalled: boolean;
  readonly keys: number;
  readonly everyMs: number;
  /** A folder of files that come into the project while somebody types. */
  readonly coming: string;
  /** What does not happen meanwhile although the extension is there. */
  readonly without: readonly Part[];
}

/** What the extension does while somebody types. */
export type Part = "chat" | "completions" | "indexing";

/** A run. */
export interface Setup {
  /** A folder for everything that the run writes. */
  readonly home: string;
  /** The server's program. */
  readonly server: string;
  /** The packaged extension. */
  readonly package: string;
  readonly codeServer: string;
  readonly browser: { readonly program: string; readonly environment: Readonly<Record<string, string>> };
  readonly pictures: string;
  readonly project: Project;
  readonly measure?: Measure;
}

/** Read it from the file that the command line names. */
export function readSetup(): Setup {
  const [, , file] = process.argv;
  if (file === undefined) throw new Error("start this with `python -m tests.editors.vscode.drive`");
  return JSON.parse(readFileSync(file, "utf8")) as Setup;
}

/** The settings of the user of a run. */
export function settingsOf(setup: Setup): Record<string, unknown> {
  return {
    "assist.server.path": setup.server,
    "assist.chat.backend": "none",
    "assist.completion.backend": "none",
    "assist.log.level": "debug",
    "editor.wordBasedSuggestions": "off",
    "workbench.startupEditor": "none",
    "files.autoSave": "off",
    "workbench.hover.delay": 60_000,
    "telemetry.telemetryLevel": "off",
    "workbench.colorTheme": "Default Dark Modern",
    "files.simpleDialog.enable": true,
  };
}
