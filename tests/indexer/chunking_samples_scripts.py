"""Small sources in Python, JavaScript, TypeScript, TSX, Ruby, PHP, Lua and Bash, and what they define.

A definition is written ``kind scope|name first-last @line-of-the-name depth``.
"""

from __future__ import annotations

from tests.indexer.chunking_sample import Sample

SAMPLES = (
    Sample(
        language="python",
        problems=0,
        source='''\
"""Reads documents."""

import os.path
from collections import abc, deque

LIMIT = 10
names: list[str] = []


# Opens things.
@cache
def open_file(path):
    """Open it."""

    def inner():
        pass

    return inner


class Reader(Base):
    """A reader."""

    size = 3

    @property
    def pages(self) -> int:
        return 1

    async def parse(self):
        pass

    class Meta:
        x = 1


if True:
    def fallback():
        pass
type Alias = int
''',
        definitions="""\
constant |LIMIT 6-6 @6 0
variable |names 7-7 @7 0
function |open_file 11-18 @12 0
function open_file|inner 15-16 @15 1
class |Reader 21-34 @21 0
field Reader|size 24-24 @24 1
method Reader|pages 26-28 @27 1
method Reader|parse 30-31 @30 1
class Reader|Meta 33-34 @33 1
field Reader.Meta|x 34-34 @34 2
function |fallback 38-39 @38 0
type |Alias 40-40 @40 0
""",
        imports=("os.path", "collections import abc, deque"),
    ),
    Sample(
        language="javascript",
        problems=0,
        source="""\
import fs from "node:fs";
const path = require("path");

/** Adds. */
export default function add(a, b) {
  return a + b;
}

export const sub = (a, b) => a - b;
const LIMIT = 3, other = 4;
var app = exports = module.exports = {};

class Router extends Base {
  static count = 0;
  handler = () => {};
  constructor() {}
  get size() { return 1; }
  #secret() {}
}

exports.parse = function parse() {};
module.exports.run = () => 1;
module.exports = { start() {}, stop: function () {} };
Router.prototype.use = function use(fn) {};
app.listen = function () {};
const api = {
  list() { return []; },
  drop: () => 2,
};
(function () {
  function hidden() {}
})();
describe("x", () => {
  function helper() {}
});
function* gen() {}
""",
        definitions="""\
function |add 5-7 @5 0
function |sub 9-9 @9 0
constant |LIMIT 10-10 @10 0
constant |other 10-10 @10 0
variable |app 11-11 @11 0
class |Router 13-19 @13 0
field Router|count 14-14 @14 1
method Router|handler 15-15 @15 1
method Router|constructor 16-16 @16 1
method Router|size 17-17 @17 1
method Router|#secret 18-18 @18 1
function |parse 21-21 @21 0
function |run 22-22 @22 0
function |start 23-23 @23 0
function |stop 23-23 @23 0
method Router|use 24-24 @24 1
method app|listen 25-25 @25 1
constant |api 26-29 @26 0
method api|list 27-27 @27 1
method api|drop 28-28 @28 1
function |hidden 31-31 @31 0
function |helper 34-34 @34 0
function |gen 36-36 @36 0
""",
        imports=("node:fs", "path"),
    ),
    Sample(
        language="typescript",
        problems=0,
        source="""\
import { a } from "./a";

export interface Shape<T> {
  area(): number;
  name: string;
}
export type Id = string | number;
export enum Color { Red, Green }
export abstract class Base<T> implements Shape<T> {
  private x = 1;
  abstract area(): number;
  run(a: string): void;
  run(a: any) { return a; }
}
export namespace Util {
  export function pad(s: string): string { return s; }
}
declare module "foo" {
  export function bar(): void;
}
declare const VERSION: string;
declare function load(x: string): void;
export function over(a: string): void;
export function over(a: any) {}
export const make = <T,>(x: T): T => x;
@Injectable()
export class Service {
  @Input() name: string;
  @Get()
  find() {}
}
""",
        definitions="""\
interface |Shape 3-6 @3 0
method Shape|area 4-4 @4 1
field Shape|name 5-5 @5 1
type |Id 7-7 @7 0
enum |Color 8-8 @8 0
class |Base 9-14 @9 0
field Base|x 10-10 @10 1
method Base|area 11-11 @11 1
method Base|run 12-12 @12 1
method Base|run 13-13 @13 1
namespace |Util 15-17 @15 0
function Util|pad 16-16 @16 0
namespace |foo 18-20 @18 0
declaration foo|bar 19-19 @19 0
constant |VERSION 21-21 @21 0
declaration |load 22-22 @22 0
declaration |over 23-23 @23 0
function |over 24-24 @24 0
function |make 25-25 @25 0
class |Service 26-31 @27 0
field Service|name 28-28 @28 1
method Service|find 29-30 @30 1
""",
        imports=("./a",),
    ),
    Sample(
        language="tsx",
        problems=0,
        source="""\
import React from "react";

type Props = { name: string };

export const Hello: React.FC<Props> = ({ name }) => {
  return <b>{name}</b>;
};

export default function App() {
  return <Hello name="x" />;
}
""",
        definitions="""\
type |Props 3-3 @3 0
function |Hello 5-7 @5 0
function |App 9-11 @9 0
""",
        imports=("react",),
    ),
    Sample(
        language="ruby",
        problems=0,
        source="""\
require 'base'
require_relative 'base/helper'

module Acme
  VERSION = '1.0'

  # A request.
  class Request < Base::Request
    HEADER = 'a'
    attr_accessor :app, :env

    def accept(type = nil)
      type
    end

    def self.build(x) = new(x)

    class << self
      def reset!; end
    end

    private

    def secret?; end
    alias_method :old, :accept
    define_method(:dyn) { 1 }
  end

  class Base::Thing; end
end

def helper
end
Point = Struct.new(:x) do
  def norm; end
end
""",
        definitions="""\
module |Acme 4-30 @4 0
constant Acme|VERSION 5-5 @5 0
class Acme|Request 8-27 @8 0
constant Acme.Request|HEADER 9-9 @9 1
property Acme.Request|app 10-10 @10 1
property Acme.Request|env 10-10 @10 1
method Acme.Request|accept 12-14 @12 1
method Acme.Request|build 16-16 @16 1
method Acme.Request|reset! 19-19 @19 1
method Acme.Request|secret? 24-24 @24 1
method Acme.Request|old 25-25 @25 1
method Acme.Request|dyn 26-26 @26 1
class Acme.Base|Thing 29-29 @29 1
function |helper 32-33 @32 0
class |Point 34-36 @34 0
method Point|norm 35-35 @35 1
""",
        imports=("base", "base/helper"),
    ),
    Sample(
        language="php",
        problems=0,
        source="""\
<?php
namespace Acme\\Docs;

use Acme\\Base\\Thing;
use Foo\\{Bar, Baz as Q};
require_once 'x.php';

const MAX = 3;
define('LIMIT', 4);

/** Reads. */
#[Attr]
final class Reader extends Base implements I
{
    use Helper;
    const A = 1, B = 2;
    private ?string $name = null;

    public function __construct(private int $x) {}
    public static function parse(string $s): self { return new self(1); }
}

interface I { public function go(); }
trait Helper { function help() {} }
enum Suit: string { case A = 'a'; public function label() { return ''; } }
abstract class Base {}
function top($x) { return $x; }
$fn = function () {};
if (true) { function cond() {} }
""",
        definitions="""\
constant |MAX 8-8 @8 0
constant |LIMIT 9-9 @9 0
class |Reader 12-21 @13 0
constant Reader|A 16-16 @16 1
constant Reader|B 16-16 @16 1
property Reader|name 17-17 @17 1
method Reader|__construct 19-19 @19 1
method Reader|parse 20-20 @20 1
interface |I 23-23 @23 0
method I|go 23-23 @23 1
trait |Helper 24-24 @24 0
method Helper|help 24-24 @24 1
enum |Suit 25-25 @25 0
method Suit|label 25-25 @25 1
class |Base 26-26 @26 0
function |top 27-27 @27 0
function |fn 28-28 @28 0
function |cond 29-29 @29 0
""",
        imports=("Acme\\Base\\Thing", "Foo\\Bar", "Foo\\Baz", "x.php"),
    ),
    Sample(
        language="lua",
        problems=0,
        source="""\
local json = require("json")
local M = {}

M.limit = 3
local MAX = 4

-- Adds.
local function add(a, b)
  return a + b
end

function M.sub(a, b)
  return a - b
end

function M:method(x) end
M.mul = function(a, b) return a * b end
local div = function(a) end
function global() end
M.sub.deep = function() end
return M
""",
        definitions="""\
variable |M 2-2 @2 0
field M|limit 4-4 @4 1
variable |MAX 5-5 @5 0
function |add 8-10 @8 0
method M|sub 12-14 @12 1
method M|method 16-16 @16 1
method M|mul 17-17 @17 1
function |div 18-18 @18 0
function |global 19-19 @19 0
method M.sub|deep 20-20 @20 1
""",
        imports=("json",),
    ),
    Sample(
        language="bash",
        problems=0,
        source="""\
#!/usr/bin/env bash
source ./lib.sh
. "$HOME/x.sh"

MAX=3
export NAME="x"
readonly LIMIT=4
alias ll='ls -l'

# Greets.
function greet() {
  local who=$1
  echo "hi $who"
}

other() {
  greet
}
function third { :; }
if true; then
  inner() { :; }
fi
""",
        definitions="""\
variable |MAX 5-5 @5 0
variable |NAME 6-6 @6 0
constant |LIMIT 7-7 @7 0
function |ll 8-8 @8 0
function |greet 11-14 @11 0
function |other 16-18 @16 0
function |third 19-19 @19 0
function |inner 21-21 @21 0
""",
        imports=("./lib.sh", "$HOME/x.sh"),
    ),
)
