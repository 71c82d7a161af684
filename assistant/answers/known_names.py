"""Names of no repository: keywords, literals and basic types of all languages, commands, standard libraries.

An answer may use them freely: they are neither flagged as unknown nor do they have to stand in cited lines.
"""

import builtins
import keyword
import re
import sys

_KEYWORDS = """
abstract alias alignas alignof and any apply array as asm assert associatedtype async atomic auto await
base become begin bool boolean borrow box break byte bytes case cast catch chan char checked class clone
closure companion complex concept const constexpr constinit constructor consteval continue copy covariant
crate data debugger decimal declare decltype def default defer defined defmacro defmodule defmethod defn
defp defprotocol defimpl defstruct del delegate delete deriving descending dict do done double dyn
dynamic each echo elif else elseif elsif empty end endfor endforeach endfunction endif ensure enum esac
eval event except exit explicit export extends extension extern external false fallthrough fi field file
fileprivate final finally fixed float float32 float64 fn for forall foreach forSome from fun func
function generic get given global go goto guard hash if impl implements implicit import in indirect infer
infix init inline inner inout input instance instanceof int int8 int16 int32 int64 integer interface
internal into is isize i8 i16 i32 i64 i128 keyof key lambda lateinit lazy let list local lock loop macro
macro_rules map match member method mixin mod module move mut mutable namespace native never new newtype
next nil noexcept noinline none not nothing null nullptr number object of on opaque open operator option
optional or out outer override package params pass perform pin prefix print printf println priv private
prop property protected protocol proc pub public pure put quote raise range rawtype readonly ref refine
register reified reinterpret_cast require require_relative required rescue restrict result retry return
rune satisfies sealed select self send set short signed size_t sizeof some static static_cast stackalloc
str string String struct subscript suspend super switch symbol synchronized table template test text then
this thread_local throw throws to trait transient true try tuple type typealias typedef typeid typename
typeof u8 u16 u32 u64 u128 uint uint8 uint16 uint32 uint64 uintptr unchecked undef undefined union unit
unknown unless unowned unsafe unset unsigned until use using usize val value var variable vector virtual
void volatile wchar_t weak when where while with yield error None True False NULL TRUE FALSE NaN Infinity
Any Array Bool Boolean Box Byte Char Character Class Date Dict Dictionary Double Either Err Error
Exception Float Future HashMap HashSet Hash Int Integer Iterable Iterator List Long Map Maybe Nil Nothing
Null Number Object Optional Option Pair Promise Record RegExp Result Seq Set Short Slice Some
StringBuilder Sequence Symbol Task Tuple Type Unit Vec Vector Void args kwargs argv argc stdin stdout
stderr GET POST PUT PATCH DELETE HEAD OPTIONS HTTP HTTPS URL URI JSON YAML TOML XML HTML CSS SQL CSV API
CLI UTF ASCII UUID TCP UDP TLS SSL SSH FTP LSP AST TODO FIXME README LICENSE main master head
""".split()

_LIBRARIES = """
std core alloc java javax kotlin kotlinx scala akka android System Microsoft Foundation UIKit SwiftUI
Swift Combine Kernel Enum Enumerable GenServer Agent Supervisor Logger Process IO File Path Stream
Keyword Access Control Prelude Data fmt os io strings strconv bytes errors context net http sync time
sort bufio regexp reflect math rand unicode filepath path console Math JSON Reflect window document
navigator localStorage fetch process Buffer globalThis fs util events crypto child_process url zlib
stream readline assert np numpy pd pandas plt torch tf sklearn scipy requests pytest unittest jest mocha
chai React Vue express lodash jQuery axios
""".split()

_COMMANDS = """
assist awk bash brew bundle bun cargo cat cd chmod cmake composer conda cp curl deno docker dotnet echo
env find gcc gem git go gradle gradlew grep head helm java javac jq kubectl ln ls make mix mkdir mv mvn
mvnw mypy ninja node npm npx php pip pip3 pipx pnpm poetry pre-commit pytest python python3 rake rg rm
ruby ruff rustc rustup sbt sed sh sort source sudo swift tail tar test touch tox uv uvx vim wget which
xargs yarn zig zsh
""".split()

PLAIN = frozenset([*_KEYWORDS, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)])
"""Say little about a file: they stand everywhere, unless a repository defines one of them."""

LITERALS = frozenset(
    "true false null nil none undefined None True False NULL NaN self this cls super".split()
)
"""Say nothing at all."""

EXTERNAL = frozenset([*_LIBRARIES, *sys.stdlib_module_names])
"""First components of names that come from outside."""

COMMANDS = frozenset(_COMMANDS)
"""Programs that people run."""

PLACEHOLDER = re.compile(
    r"(?:foo|bar|baz|qux|quux|spam|eggs|xxx+|abc|xyz|lorem|ipsum|dummy|placeholder)(?:\d*|_?(?:foo|bar|baz))"
    r"|(?:[Mm]y|[Yy]our|[Ss]ome|[Ee]xample|MY|YOUR|SOME|EXAMPLE)(?:_\w+|[A-Z]\w*)?|\w+_here|_+",
)
"""Stand for something else in an example."""
