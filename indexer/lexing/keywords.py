"""The reserved words of languages, and the names of built-in types that nobody calls a variable by."""

from __future__ import annotations

_C = (
    "auto bool break case char const continue default do double else enum extern false float for goto if inline int "
    "long register return short signed sizeof static struct switch true typedef union unsigned void volatile while "
    "NULL size_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t"
)
_CPP = (
    f"{_C} alignas alignof catch class concept const_cast consteval constexpr co_await co_return co_yield decltype "
    "delete dynamic_cast explicit export friend mutable namespace new noexcept nullptr operator private protected "
    "public reinterpret_cast requires static_assert static_cast template this thread_local throw try typeid typename "
    "using virtual wchar_t final override"
)
_JAVASCRIPT = (
    "async await break case catch class const continue debugger default delete do else export extends false finally "
    "for from function get if import in instanceof let new null of return set static super switch this throw true try "
    "typeof undefined var void while with yield arguments"
)
_TYPESCRIPT = (
    f"{_JAVASCRIPT} abstract any as asserts bigint boolean declare enum implements infer interface is keyof module "
    "namespace never number object override private protected public readonly require satisfies string symbol type "
    "unknown"
)
_JAVA = (
    "abstract assert boolean break byte case catch char class const continue default do double else enum extends "
    "false final finally float for goto if implements import instanceof int interface long native new null package "
    "permits private protected public record return sealed short static strictfp super switch synchronized this throw "
    "throws transient true try var void volatile while yield"
)

KEYWORDS: dict[str, str] = {
    "python": "False None True and as assert async await break case class continue def del elif else except finally "
    "for from global if import in is lambda match nonlocal not or pass raise return self cls try while with yield",
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "vue": _TYPESCRIPT,
    "svelte": _TYPESCRIPT,
    "java": _JAVA,
    "groovy": f"{_JAVA} as def in trait",
    "kotlin": "abstract actual annotation as break by catch class companion const constructor continue crossinline "
    "data do else enum expect external false final finally for fun get if import in infix init inline inner interface "
    "internal is it lateinit noinline null object open operator out override package private protected public reified "
    "return sealed set super suspend tailrec this throw true try typealias val var vararg when where while",
    "scala": "abstract case catch class def do else enum extends false final finally for forSome given if implicit "
    "import lazy match new null object override package private protected return sealed super then this throw trait "
    "true try type using val var while with yield",
    "c": _C,
    "cpp": _CPP,
    "cuda": _CPP,
    "objectivec": f"{_C} BOOL NO YES id instancetype nil self super",
    "d": f"{_CPP} alias body foreach function immutable import in is lazy module out pure ref scope string unittest",
    "csharp": "abstract as async await base bool break byte case catch char checked class const continue decimal "
    "default delegate do double else enum event explicit extern false finally fixed float for foreach get goto if "
    "implicit in init int interface internal is lock long nameof namespace new null object operator out override "
    "params partial private protected public readonly record ref return sbyte sealed set short sizeof stackalloc "
    "static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using value var "
    "virtual void volatile when where while with yield",
    "go": "any bool break byte case chan complex128 complex64 const continue default defer else error fallthrough "
    "false float32 float64 for func go goto if import int int16 int32 int64 int8 interface iota map nil package range "
    "return rune select string struct switch true type uint uint16 uint32 uint64 uint8 uintptr var",
    "rust": "Self as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i128 "
    "i16 i32 i64 i8 if impl in isize let loop match mod move mut pub ref return self static str struct super trait "
    "true type u128 u16 u32 u64 u8 union unsafe use usize where while",
    "swift": "Any Self any as associatedtype async await break case catch class continue default defer deinit do else "
    "enum extension fallthrough false fileprivate final for func get guard if import in init inout internal is lazy "
    "let mutating nil open operator override private protocol public repeat rethrows return self set some static "
    "struct subscript super switch throw throws true try typealias unowned var weak where while willSet didSet",
    "zig": "allowzero and anyerror anytype asm async await bool break catch comptime const continue defer else enum "
    "errdefer error export extern false fn for if inline noalias null or orelse packed pub resume return struct "
    "suspend switch test threadlocal true try type undefined union unreachable usize var void volatile while u8 u16 "
    "u32 u64 i8 i16 i32 i64 isize f32 f64",
    "dart": f"{_JAVA} async await covariant deferred dynamic export extension external factory get is late library "
    "mixin on operator part required rethrow set sync typedef with String bool num",
    "php": "abstract and array as bool break callable case catch class clone const continue declare default do echo "
    "else elseif empty enddeclare endfor endforeach endif endswitch endwhile enum extends false final finally float "
    "fn for foreach function global goto if implements include include_once instanceof insteadof int interface isset "
    "list match mixed namespace new null object or print private protected public readonly require require_once "
    "return self static string switch throw trait true try unset use var void while yield $this",
    "ruby": "BEGIN END alias and begin break case class def defined do else elsif end ensure false for if in module "
    "next nil not or redo require require_relative rescue retry return self super then true undef unless until when "
    "while yield attr_accessor attr_reader attr_writer private protected public",
    "crystal": "abstract alias begin break case class def do else elsif end ensure enum false for fun if in include "
    "lib macro module next nil of private property require rescue return self struct super then true until when while",
    "elixir": "after alias and case catch cond def defmacro defmodule defp defstruct do else end false fn for if "
    "import in nil not or quote raise receive require rescue true try unless unquote use when with",
    "bash": "alias break case continue declare do done elif else esac eval exec exit export fi for function if in "
    "local printf echo read readonly return select set shift source then trap until unset while",
    "perl": "and cmp defined do die else elsif eq for foreach ge gt if keys last le local lt my ne next no not or our "
    "package print push redo require return shift sub undef unless until use while xor",
    "powershell": "begin break catch class continue do else elseif end exit filter finally for foreach function if in "
    "param process return switch throw trap try until using while",
    "lua": "and break do else elseif end false for function goto if in local nil not or repeat return then true until "
    "while self",
    "haskell": "as case class data default deriving do else family forall foreign hiding if import in infix infixl "
    "infixr instance let module newtype of qualified then type where",
    "ocaml": "and as assert begin class constraint do done downto else end exception external false for fun function "
    "functor if in include inherit initializer lazy let match method module mutable new nonrec object of open or "
    "private rec sig struct then to true try type val virtual when while with",
    "clojure": "def defn defmacro defmethod defmulti defprotocol defrecord do false fn for if if-let let loop nil ns "
    "quote recur require throw true try when when-let",
    "r": "FALSE Inf NA NULL NaN TRUE break else for function if in next repeat return while library",
    "julia": "abstract baremodule begin break catch const continue do else elseif end export false finally for "
    "function global if import in let local macro module mutable nothing primitive quote return struct true try type "
    "using where while",
    "css": "important inherit initial media import none auto",
    "protobuf": "bool bytes double enum extend false fixed32 fixed64 float import int32 int64 map message oneof "
    "option optional package public repeated required reserved returns rpc service sint32 sint64 stream string "
    "syntax to true uint32 uint64",
    "json": "false null true",
    "yaml": "false no null true yes",
    "toml": "false true",
}
"""Words by language, separated by blanks."""

_SQL = (
    "add all alter and any as asc begin between bigint boolean by cascade case cast char check column commit "
    "constraint count create cross database date default delete desc distinct drop else end exists false for foreign "
    "from full function group having if in index inner insert int integer into is join key left like limit not null "
    "numeric offset on or order outer primary procedure references replace returning returns right rollback select "
    "set table text then timestamp trigger true union unique update using values varchar view when where with"
)
KEYWORDS["sql"] = f"{_SQL} {_SQL.upper()}"
KEYWORDS["starlark"] = KEYWORDS["python"]
KEYWORDS["fsharp"] = KEYWORDS["ocaml"]
KEYWORDS["scss"] = KEYWORDS["less"] = KEYWORDS["css"]
for _dialect in ("elisp", "lisp", "racket"):
    KEYWORDS[_dialect] = f"{KEYWORDS['clojure']} defun defvar setq lambda define cond progn t"

_MARKUP_AND_TEXT = (
    "html xml erb jinja handlebars text csv markdown rst asciidoc org tex ini properties dotenv"
)
for _prose in _MARKUP_AND_TEXT.split():
    KEYWORDS[_prose] = ""


def keywords_of(language: str | None) -> frozenset[str]:
    """Return a language's reserved words; for an unknown one those of C++, Java and TypeScript together."""
    words = KEYWORDS.get(language or "")
    return frozenset((f"{_CPP} {_JAVA} {_TYPESCRIPT}" if words is None else words).split())
