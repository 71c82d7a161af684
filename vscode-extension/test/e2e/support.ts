/** What a run needs besides the workbench: the repository to open, a model that says what it is told, waiting. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve("..");

/** The repository that editors are tested with. */
export interface Shop {
  readonly folder: string;
  readonly files: number;
  readonly parser: string;
  readonly parserPath: string;
  readonly parserLine: number;
}

/** Write the repository that editors are tested with. */
export function writeShop(server: string, folder: string): Shop {
  const program =
    "import json, sys, pathlib; from tests.editors import repository as r; " +
    "print(json.dumps([r.write_repository(pathlib.Path(sys.argv[1])), r.PARSER, r.PARSER_PATH, r.PARSER_LINE]))";
  const python = join(dirname(server), "python");
  const output = execFileSync(python, ["-c", program, folder], { cwd: ROOT, encoding: "utf8" });
  const [files, parser, parserPath, parserLine] = JSON.parse(output) as [number, string, string, number];
  return { folder, files, parser, parserPath, parserLine };
}

/** A server of language models whose models' names say what they answer. */
export class ModelServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  /** Start it. */
  static async start(server: string): Promise<ModelServer> {
    const python = join(dirname(server), "python");
    const started = spawn(python, ["-m", "tests.servers.answering"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [port] = (await once(createInterface(started.stdout), "line")) as [string];
    return new ModelServer(started, `http://127.0.0.1:${port}/openai/v1`);
  }

  /** End it. */
  stop(): void {
    this.process.kill();
  }
}

/** The name of the model that answers with these texts in turn. */
export function modelThatSays(...texts: string[]): string {
  return ["says", ...texts.map((text) => Buffer.from(text).toString("hex"))].join(":");
}

/** Wait until something is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
