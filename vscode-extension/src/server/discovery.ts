/**
 * Where the server may be: the user's setting, the workspace's virtual environment, `PATH`, the folders of `uv tool` and
 * `pipx`; in this order. Pure: what it knows of the machine it is given, and nothing is run here.
 *
 * A folder that the user does not trust decides nothing: neither its environment nor a relative part of `PATH` is looked at.
 */

import * as path from "node:path";

/** Where a candidate was found; shown to the user. */
export type Origin = "setting" | "workspace" | "path" | "tool";

/** A program that may be the server. */
export interface Candidate {
  readonly file: string;
  readonly origin: Origin;
}

/** What discovery looks at. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Whether a file is there and may be run. */
  readonly isProgram: (file: string) => boolean;
}

/** What the editor knows. */
export interface Situation {
  /** The user's setting `assist.server.path`; empty if there is none. */
  readonly configured: string;
  /** The paths of the workspace's folders. */
  readonly folders: readonly string[];
  readonly isTrusted: boolean;
}

/** What virtual environments are called. */
export const ENVIRONMENTS: readonly string[] = [".venv", "venv"];
/** As the package is called where Python packages are. */
export const PACKAGE = "repo-assist";

/** Return the programs that may be the server, the first to be tried first. */
export function candidates(situation: Situation, machine: Machine): Candidate[] {
  const { configured, isTrusted } = situation;
  if (configured) return [{ file: expanded(configured, machine.home), origin: "setting" }];
  if (!isTrusted) return [];
  const places: Candidate[] = [
    ...inEnvironments(situation.folders, machine),
    ...onPath(situation.folders, machine),
    ...inTools(machine),
  ];
  const seen = new Set<string>();
  return places.filter(({ file }) => {
    if (seen.has(file)) return false;
    seen.add(file);
    return machine.isProgram(file);
  });
}

/** Replace a leading `~` by the user's folder. */
function expanded(file: string, home: string): string {
  return /^~(?=$|[\\/])/.test(file) ? home + file.slice(1) : file;
}

function inEnvironments(folders: readonly string[], machine: Machine): Candidate[] {
  const paths = pathsOf(machine);
  const bin = machine.platform === "win32" ? "Scripts" : "bin";
  return folders.flatMap((folder) =>
    ENVIRONMENTS.map((name): Candidate => ({
      file: paths.join(folder, name, bin, program(machine)),
      origin: "workspace",
    })),
  );
}

function onPath(folders: readonly string[], machine: Machine): Candidate[] {
  return pathFolders(folders, machine).map((folder): Candidate => ({
    file: pathsOf(machine).join(folder, program(machine)),
    origin: "path",
  }));
}

/** Return where the user's programs are: the folders of `PATH`, then those of tools; none of them in the workspace. */
export function programFolders(folders: readonly string[], machine: Machine): string[] {
  const paths = pathsOf(machine);
  const own = [paths.join(machine.home, ".local", "bin"), paths.join(machine.home, ".cargo", "bin")];
  return [...pathFolders(folders, machine), ...own];
}

/** Return the folders of `PATH` that are absolute and not in the workspace. */
function pathFolders(folders: readonly string[], machine: Machine): string[] {
  const paths = pathsOf(machine);
  const inWorkspace = (folder: string): boolean =>
    folders.some((root) => {
      const relative = paths.relative(root, folder);
      return relative === "" || (!relative.startsWith("..") && !paths.isAbsolute(relative));
    });
  return searchPath(machine)
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder) && !inWorkspace(folder));
}

/** Return `PATH`; on Windows the variable may be written in any case. */
function searchPath(machine: Machine): string {
  if (machine.platform !== "win32") return machine.env["PATH"] ?? "";
  const name = Object.keys(machine.env).find((key) => key.toUpperCase() === "PATH");
  return (name && machine.env[name]) ?? "";
}

function inTools(machine: Machine): Candidate[] {
  const { env, home, platform } = machine;
  const paths = pathsOf(machine);
  const bin = platform === "win32" ? "Scripts" : "bin";
  const data =
    env["XDG_DATA_HOME"] ??
    (platform === "win32"
      ? (env["APPDATA"] ?? paths.join(home, "AppData", "Roaming"))
      : paths.join(home, ".local", "share"));
  const folders = [
    env["UV_TOOL_BIN_DIR"],
    env["XDG_BIN_HOME"],
    env["PIPX_BIN_DIR"],
    paths.join(home, ".local", "bin"),
    paths.join(env["UV_TOOL_DIR"] ?? paths.join(data, "uv", "tools"), PACKAGE, bin),
    paths.join(env["PIPX_HOME"] ?? paths.join(data, "pipx"), "venvs", PACKAGE, bin),
    paths.join(home, ".local", "pipx", "venvs", PACKAGE, bin),
  ];
  return folders
    .filter((folder): folder is string => folder !== undefined && folder !== "")
    .map((folder) => ({ file: paths.join(folder, program(machine)), origin: "tool" }));
}

function program(machine: Machine): string {
  return machine.platform === "win32" ? "assist.exe" : "assist";
}

/** The rules for paths of a machine. */
export function pathsOf(machine: Machine): path.PlatformPath {
  return machine.platform === "win32" ? path.win32 : path.posix;
}
