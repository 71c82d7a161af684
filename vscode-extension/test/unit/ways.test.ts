import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { commandLine, ways } from "../../src/install/ways";
import type { Machine } from "../../src/server/discovery";

const HOME = "/home/me";
const SHOP = "/home/me/shop";

function machine(programs: string[], path = "/usr/bin"): Machine {
  return { platform: "linux", env: { PATH: path }, home: HOME, isProgram: (file) => programs.includes(file) };
}

function lines(programs: string[], folders = [SHOP], isUpdate = false): string[] {
  return ways(folders, machine(programs), isUpdate).map(commandLine);
}

describe("the ways to install the server", () => {
  it("are those that the machine has the programs for: uv, pipx, the workspace's environment", () => {
    const environment = [`${SHOP}/.venv/bin/python`, `${SHOP}/.venv/bin/pip`];
    assert.deepEqual(lines(["/usr/bin/pipx", `${HOME}/.local/bin/uv`, ...environment]), [
      `${HOME}/.local/bin/uv tool install repo-assist`,
      "/usr/bin/pipx install repo-assist",
      `${SHOP}/.venv/bin/python -m pip install --upgrade repo-assist`,
    ]);
    assert.deepEqual(lines(["/usr/bin/pipx"]), ["/usr/bin/pipx install repo-assist"]);
    assert.deepEqual(lines([]), []);
  });

  it("go through uv into an environment that has no pip, and nowhere without uv", () => {
    const python = `${SHOP}/venv/bin/python`;
    assert.deepEqual(lines(["/usr/bin/uv", python]).slice(1), [
      `/usr/bin/uv pip install --python ${python} --upgrade repo-assist`,
    ]);
    assert.deepEqual(lines([python]), []);
  });

  it("bring one that is there up to date", () => {
    assert.deepEqual(lines(["/usr/bin/uv", "/usr/bin/pipx"], [SHOP], true), [
      "/usr/bin/uv tool upgrade repo-assist",
      "/usr/bin/pipx upgrade repo-assist",
    ]);
  });

  it("never run a program of the workspace to install for the user", () => {
    const known = ways([SHOP], machine([`${SHOP}/bin/uv`, `${SHOP}/uv`], `${SHOP}/bin:.:${SHOP}`), false);
    assert.deepEqual(known, []);
  });

  it("leave the environments of folders alone that are not given", () => {
    assert.deepEqual(lines([`${SHOP}/.venv/bin/python`, `${SHOP}/.venv/bin/pip`], []), []);
  });

  it("are the same on Windows", () => {
    const python = "C:\\my shop\\.venv\\Scripts\\python.exe";
    const windows: Machine = {
      platform: "win32",
      env: { Path: "C:\\tools" },
      home: "C:\\Users\\me",
      isProgram: (file) =>
        ["C:\\tools\\uv.exe", python, "C:\\my shop\\.venv\\Scripts\\pip.exe"].includes(file),
    };
    assert.deepEqual(ways(["C:\\my shop"], windows, false).map(commandLine), [
      "C:\\tools\\uv.exe tool install repo-assist",
      `"${python}" -m pip install --upgrade repo-assist`,
    ]);
  });
});
