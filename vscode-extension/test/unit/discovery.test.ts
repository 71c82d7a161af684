import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { candidates, type Machine, type Situation } from "../../src/server/discovery";

const HOME = "/home/me";
const PROJECT = "/home/me/shop";

function machine(programs: string[], env: Record<string, string> = {}): Machine {
  return { platform: "linux", env, home: HOME, isProgram: (file) => programs.includes(file) };
}

function situation(changes: Partial<Situation> = {}): Situation {
  return { configured: "", folders: [PROJECT], isTrusted: true, ...changes };
}

const VENV = `${PROJECT}/.venv/bin/assist`;
const PATH = "/opt/bin/assist";
const TOOL = `${HOME}/.local/bin/assist`;

describe("candidates", () => {
  it("come from the workspace, then PATH, then the folders of tools", () => {
    const found = candidates(situation(), machine([TOOL, PATH, VENV], { PATH: "/opt/bin:/usr/bin" }));
    assert.deepEqual(
      found.map(({ file, origin }) => [origin, file]),
      [
        ["workspace", VENV],
        ["path", PATH],
        ["tool", TOOL],
      ],
    );
  });

  it("are only what the user has set, if anything is set", () => {
    const found = candidates(situation({ configured: "/srv/assist" }), machine([VENV]));
    assert.deepEqual(found, [{ file: "/srv/assist", origin: "setting" }]);
  });

  it("may be set with a tilde for the user's folder, not for another's", () => {
    assert.equal(
      candidates(situation({ configured: "~/bin/assist" }), machine([]))[0]?.file,
      `${HOME}/bin/assist`,
    );
    assert.equal(candidates(situation({ configured: "~you/assist" }), machine([]))[0]?.file, "~you/assist");
  });

  it("are nothing but the user's setting in a folder that is not trusted", () => {
    const untrusted = { isTrusted: false };
    assert.deepEqual(candidates(situation(untrusted), machine([VENV, PATH, TOOL], { PATH: "/opt/bin" })), []);
    const set = candidates(situation({ ...untrusted, configured: "/srv/assist" }), machine([]));
    assert.deepEqual(set, [{ file: "/srv/assist", origin: "setting" }]);
  });

  it("never come from a relative part of PATH, nor from one in the workspace", () => {
    const env = { PATH: `.:bin:${PROJECT}/bin:${PROJECT}:/opt/bin` };
    const programs = [`${PROJECT}/bin/assist`, `${PROJECT}/assist`, "bin/assist", "assist", PATH];
    assert.deepEqual(candidates(situation(), machine(programs, env)), [{ file: PATH, origin: "path" }]);
  });

  it("are found where uv and pipx install, also where their variables say", () => {
    const env = { UV_TOOL_BIN_DIR: "/uv/bin", PIPX_BIN_DIR: "/pipx/bin", PIPX_HOME: "/pipx" };
    const programs = [
      "/uv/bin/assist",
      "/pipx/bin/assist",
      `${HOME}/.local/share/uv/tools/repo-assist/bin/assist`,
      "/pipx/venvs/repo-assist/bin/assist",
    ];
    assert.deepEqual(
      candidates(situation(), machine(programs, env)).map(({ file }) => file),
      programs,
    );
  });

  it("are each named once", () => {
    const env = { PATH: `${HOME}/.local/bin:${HOME}/.local/bin` };
    assert.deepEqual(candidates(situation(), machine([TOOL], env)), [{ file: TOOL, origin: "path" }]);
  });

  it("are looked for in every folder of the workspace", () => {
    const second = "/home/me/till/venv/bin/assist";
    const found = candidates(situation({ folders: [PROJECT, "/home/me/till"] }), machine([second]));
    assert.deepEqual(found, [{ file: second, origin: "workspace" }]);
  });

  it("are found on Windows, however PATH is written", () => {
    const windows: Machine = {
      platform: "win32",
      env: { Path: "C:\\tools;D:\\other" },
      home: "C:\\Users\\me",
      isProgram: (file) => ["C:\\shop\\.venv\\Scripts\\assist.exe", "D:\\other\\assist.exe"].includes(file),
    };
    assert.deepEqual(
      candidates(situation({ folders: ["C:\\shop"] }), windows).map(({ file }) => file),
      ["C:\\shop\\.venv\\Scripts\\assist.exe", "D:\\other\\assist.exe"],
    );
  });
});
