/**
 * How the server can be installed on this machine: with `uv tool`, with `pipx`, into the workspace's virtual environment.
 * Pure: what it knows of the machine it is given, and nothing is run here.
 */

import { ENVIRONMENTS, PACKAGE, pathsOf, programFolders, type Machine } from "../server/discovery";

/** A way to install the server: one program with its arguments, no shell. */
export interface Way {
  readonly kind: "uv" | "pipx" | "environment";
  readonly program: string;
  readonly args: readonly string[];
  /** The environment that it goes into, if it does not become a tool of the user. */
  readonly environment?: string;
}

/**
 * Return the ways there are, the best one first.
 *
 * @param folders The workspace's folders; none in one that is not trusted, since its environment's programs would be run.
 * @param isUpdate Whether a server is there that is too old.
 */
export function ways(folders: readonly string[], machine: Machine, isUpdate: boolean): Way[] {
  const find = (name: string): string | undefined => found(name, folders, machine);
  const [uv, pipx] = [find("uv"), find("pipx")];
  const verb = isUpdate ? "upgrade" : "install";
  const known: Way[] = [];
  if (uv) known.push({ kind: "uv", program: uv, args: ["tool", verb, PACKAGE] });
  if (pipx) known.push({ kind: "pipx", program: pipx, args: [verb, PACKAGE] });
  return [...known, ...intoEnvironments(folders, machine, uv)];
}

/** Write a command as it would be typed. */
export function commandLine({ program, args }: Pick<Way, "program" | "args">): string {
  return [program, ...args].map((word) => (/[^\w@%+=:,./\\-]/.test(word) ? `"${word}"` : word)).join(" ");
}

function intoEnvironments(folders: readonly string[], machine: Machine, uv: string | undefined): Way[] {
  const paths = pathsOf(machine);
  const [bin, ending] = machine.platform === "win32" ? ["Scripts", ".exe"] : ["bin", ""];
  const wanted = ["install", "--upgrade", PACKAGE];
  return folders
    .flatMap((folder) => ENVIRONMENTS.map((name) => paths.join(folder, name)))
    .flatMap((environment): Way[] => {
      const program = (name: string): string => paths.join(environment, bin, name + ending);
      const python = program("python");
      if (!machine.isProgram(python)) return [];
      if (machine.isProgram(program("pip"))) {
        return [{ kind: "environment", program: python, args: ["-m", "pip", ...wanted], environment }];
      }
      // uv makes environments without pip.
      if (uv === undefined) return [];
      const [verb, ...rest] = wanted;
      const args = ["pip", verb ?? "", "--python", python, ...rest];
      return [{ kind: "environment", program: uv, args, environment }];
    });
}

/** Find a program where the user's programs are, never in the workspace. */
function found(name: string, folders: readonly string[], machine: Machine): string | undefined {
  const file = machine.platform === "win32" ? `${name}.exe` : name;
  return programFolders(folders, machine)
    .map((folder) => pathsOf(machine).join(folder, file))
    .find((program) => machine.isProgram(program));
}
