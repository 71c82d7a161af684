"""Small sources in Java, Kotlin, Scala, C#, Swift, Elixir and Haskell, and what they define.

A definition is written ``kind scope|name first-last @line-of-the-name depth``.
"""

from __future__ import annotations

from tests.indexer.chunking_sample import Sample

SAMPLES = (
    Sample(
        language="java",
        problems=0,
        source="""\
package com.acme.docs;

import java.util.List;
import static java.lang.Math.*;

/** Reads. */
@Deprecated
public final class Reader<T> extends Base implements Closeable {
    private static final int MAX = 3, MIN = 1;
    private String name;

    public Reader(String name) { this.name = name; }

    @Override
    public List<T> parse(int n) throws IOException {
        return null;
    }

    enum Mode { FAST { void go() {} }, SLOW; int level() { return 1; } }
    interface Visitor { void visit(Reader r); int K = 1; }
    record Pair(int a, int b) { Pair { } int sum() { return a + b; } }
    @interface Marker { String value(); }
}
""",
        definitions="""\
class |Reader 7-23 @8 0
constant Reader|MAX 9-9 @9 1
constant Reader|MIN 9-9 @9 1
field Reader|name 10-10 @10 1
constructor Reader|Reader 12-12 @12 1
method Reader|parse 14-17 @15 1
enum Reader|Mode 19-19 @19 1
method Reader.Mode|level 19-19 @19 2
interface Reader|Visitor 20-20 @20 1
method Reader.Visitor|visit 20-20 @20 2
constant Reader.Visitor|K 20-20 @20 2
record Reader|Pair 21-21 @21 1
constructor Reader.Pair|Pair 21-21 @21 2
method Reader.Pair|sum 21-21 @21 2
interface Reader|Marker 22-22 @22 1
method Reader.Marker|value 22-22 @22 2
""",
        imports=("java.util.List", "java.lang.Math.*"),
    ),
    Sample(
        language="kotlin",
        problems=0,
        source="""\
package com.acme

import kotlin.math.max
import java.util.*

const val MAX = 3
val names: List<String> = listOf()
typealias Id = String

/** A user. */
data class User(val name: String) : Base() {
    var age = 1
    fun greet(): String = "hi"
    companion object {
        fun of(s: String) = User(s)
    }
    init { }
    constructor(a: Int) : this("a")
}

interface Shape {
    fun area(): Double
    val sides: Int
}

object Registry {
    fun add() {}
}

enum class Color {
    RED, GREEN;

    fun hex() = ""
}

sealed class Res
fun String.shout(): String = uppercase()
fun <T> top(x: T): T {
    return x
}
annotation class Ann
""",
        definitions="""\
constant |MAX 6-6 @6 0
variable |names 7-7 @7 0
type |Id 8-8 @8 0
class |User 11-19 @11 0
property User|age 12-12 @12 1
method User|greet 13-13 @13 1
method User|of 15-15 @15 1
constructor User|constructor 18-18 @18 1
interface |Shape 21-24 @21 0
method Shape|area 22-22 @22 1
property Shape|sides 23-23 @23 1
object |Registry 26-28 @26 0
method Registry|add 27-27 @27 1
enum |Color 30-34 @30 0
method Color|hex 33-33 @33 1
class |Res 36-36 @36 0
method String|shout 37-37 @37 1
function |top 38-40 @38 0
class |Ann 41-41 @41 0
""",
        imports=("kotlin.math.max", "java.util"),
    ),
    Sample(
        language="scala",
        problems=0,
        source="""\
package com.acme
package inner

import cats.data.{NonEmptyList, Chain}
import scala.util._

/** A functor. */
trait Functor[F[_]] extends Any {
  def map[A, B](fa: F[A])(f: A => B): F[B]
  val unit: Int = 1
  type Out
}

object Functor {
  def apply[F[_]](implicit F: Functor[F]): Functor[F] = F
  implicit class Ops(x: Int) { def twice = x * 2 }
  given intOrd: Ordering[Int] with { def compare(a: Int, b: Int) = 0 }
}

case class Point(x: Int, y: Int) {
  var z = 1
  def norm: Double = 1.0
}

enum Color { case Red, Green }
extension (s: String) def shout: String = s.toUpperCase
type Id = String
package object util { def help() = 1 }
final abstract class Base
""",
        definitions="""\
trait |Functor 8-12 @8 0
method Functor|map 9-9 @9 1
field Functor|unit 10-10 @10 1
type Functor|Out 11-11 @11 1
object |Functor 14-18 @14 0
method Functor|apply 15-15 @15 1
class Functor|Ops 16-16 @16 1
method Functor.Ops|twice 16-16 @16 2
object Functor|intOrd 17-17 @17 1
method Functor.intOrd|compare 17-17 @17 2
class |Point 20-23 @20 0
field Point|z 21-21 @21 1
method Point|norm 22-22 @22 1
enum |Color 25-25 @25 0
method String|shout 26-26 @26 1
type |Id 27-27 @27 0
object |util 28-28 @28 0
function util|help 28-28 @28 0
class |Base 29-29 @29 0
""",
        imports=("cats.data.{NonEmptyList, Chain}", "scala.util._"),
    ),
    Sample(
        language="csharp",
        problems=0,
        source="""\
using System;
using static System.Math;
using IO = System.IO;

namespace Acme.Docs
{
    /// <summary>Reads.</summary>
    [Serializable]
    public class Reader<T> : Base
    {
        private const int Max = 3;
        private string name, other;
        public string Name { get; set; }
        public Reader(string n) { }
        ~Reader() { }
        public T Parse(int n) => default;
        public static bool operator ==(Reader<T> a, Reader<T> b) { return true; }
        public int this[int i] { get { return i; } }
        public event EventHandler Changed;
        delegate void Handler(int x);
        enum Mode { A, B }
        struct Inner { public int X; }
    }
    interface IShape { double Area(); }
    record Point(int X, int Y);
    record struct Size(int W);
}
""",
        definitions="""\
namespace |Acme.Docs 5-27 @5 0
class Acme.Docs|Reader 8-23 @9 0
constant Acme.Docs.Reader|Max 11-11 @11 1
field Acme.Docs.Reader|name 12-12 @12 1
field Acme.Docs.Reader|other 12-12 @12 1
property Acme.Docs.Reader|Name 13-13 @13 1
constructor Acme.Docs.Reader|Reader 14-14 @14 1
method Acme.Docs.Reader|Reader 15-15 @15 1
method Acme.Docs.Reader|Parse 16-16 @16 1
method Acme.Docs.Reader|operator== 17-17 @17 1
property Acme.Docs.Reader|this 18-18 @18 1
event Acme.Docs.Reader|Changed 19-19 @19 1
type Acme.Docs.Reader|Handler 20-20 @20 1
enum Acme.Docs.Reader|Mode 21-21 @21 1
struct Acme.Docs.Reader|Inner 22-22 @22 1
field Acme.Docs.Reader.Inner|X 22-22 @22 2
interface Acme.Docs|IShape 24-24 @24 0
method Acme.Docs.IShape|Area 24-24 @24 1
record Acme.Docs|Point 25-25 @25 0
record Acme.Docs|Size 26-26 @26 0
""",
        imports=("System", "System.Math", "System.IO"),
    ),
    Sample(
        language="csharp",
        problems=0,
        source="""\
namespace Acme.Docs;

public static class Ext
{
    public static int Twice(this int x) { int Local() { return 1; } return x; }
}
""",
        definitions="""\
class |Ext 3-6 @3 0
method Ext|Twice 5-5 @5 1
""",
        imports=(),
    ),
    Sample(
        language="swift",
        problems=0,
        source="""\
import Foundation
import struct UIKit.UIView

let max = 3
var names: [String] = []
typealias Id = String

/// Reads.
@objc
public class Reader<T>: Base, Closeable {
    var name: String
    let a = 1, b = 2
    init(name: String) { self.name = name }
    deinit { }
    func parse(n: Int) -> T? { return nil }
    static func make() -> Reader { fatalError() }
    subscript(i: Int) -> Int { return i }
    enum Mode { case fast, slow }
}

struct Point { var x: Int }
enum Color { case red; func hex() -> String { "" } }
protocol Shape {
    associatedtype Unit
    var sides: Int { get }
    func area() -> Double
}
extension Reader: Shape where T: Any { func area() -> Double { 1 } }
extension Foo.Bar { func baz() {} }
func top<T>(_ x: T) -> T { x }
actor Worker { func go() async {} }
""",
        definitions="""\
variable |max 4-4 @4 0
variable |names 5-5 @5 0
type |Id 6-6 @6 0
class |Reader 9-19 @10 0
property Reader|name 11-11 @11 1
property Reader|a 12-12 @12 1
property Reader|b 12-12 @12 1
constructor Reader|init 13-13 @13 1
method Reader|deinit 14-14 @14 1
method Reader|parse 15-15 @15 1
method Reader|make 16-16 @16 1
method Reader|subscript 17-17 @17 1
enum Reader|Mode 18-18 @18 1
struct |Point 21-21 @21 0
property Point|x 21-21 @21 1
enum |Color 22-22 @22 0
method Color|hex 22-22 @22 1
interface |Shape 23-27 @23 0
type Shape|Unit 24-24 @24 1
property Shape|sides 25-25 @25 1
method Shape|area 26-26 @26 1
method Reader|area 28-28 @28 1
method Foo.Bar|baz 29-29 @29 1
function |top 30-30 @30 0
class |Worker 31-31 @31 0
method Worker|go 31-31 @31 1
""",
        imports=("Foundation", "UIKit.UIView"),
    ),
    Sample(
        language="elixir",
        problems=0,
        source='''\
defmodule Acme.Repo do
  @moduledoc """
  A repository.
  """
  use GenServer
  alias Acme.{Query, Schema}
  import Acme.Query, only: [from: 2]
  require Logger

  defstruct [:name, :age]
  @type t :: %__MODULE__{}
  @callback all(query :: term) :: list
  @timeout 5000

  @doc "Gets."
  @spec get(term, term) :: term
  def get(repo, id) when is_integer(id) do
    id
  end

  def get(repo, _), do: nil
  def one!, do: 1
  defp secret(x), do: x
  defmacro sigil(x) do
    x
  end
  defguard is_big(x) when x > 10
  defdelegate other(x), to: Foo
  defexception [:message]

  defmodule Inner do
    def deep, do: 1
  end
end

defprotocol Size do
  def size(data)
end

defimpl Size, for: BitString do
  def size(d), do: byte_size(d)
end
''',
        definitions="""\
module |Acme.Repo 1-34 @1 0
struct Acme.Repo|__struct__ 10-10 @10 0
type Acme.Repo|t 11-11 @11 0
declaration Acme.Repo|all 12-12 @12 0
constant Acme.Repo|timeout 13-13 @13 0
function Acme.Repo|get 15-21 @17 0
function Acme.Repo|one! 22-22 @22 0
function Acme.Repo|secret 23-23 @23 0
macro Acme.Repo|sigil 24-26 @24 0
macro Acme.Repo|is_big 27-27 @27 0
function Acme.Repo|other 28-28 @28 0
struct Acme.Repo|__struct__ 29-29 @29 0
module Acme.Repo|Inner 31-33 @31 0
function Acme.Repo.Inner|deep 32-32 @32 0
interface |Size 36-38 @36 0
function Size|size 37-37 @37 0
implementation |Size 40-42 @40 0
function Size|size 41-41 @41 0
""",
        imports=("GenServer", "Acme.{Query, Schema}", "Acme.Query", "Logger"),
    ),
    Sample(
        language="haskell",
        problems=0,
        source="""\
{-# LANGUAGE GADTs #-}
-- | A module.
module Data.Store (Store, get) where

import qualified Data.Map as M
import Data.List (sort)

-- | A store.
data Store a = Empty | Full { items :: [a] } deriving Show

newtype Id = Id Int
type Name = String

class Shape s where
  area :: s -> Double
  area _ = 1

instance Shape Int where
  area x = 1

-- | Gets.
get :: Store a -> Maybe a
get Empty = Nothing
get (Full xs) = go xs
  where go = undefined

limit = 3
a <+> b = a
data G a where
  G1 :: Int -> G Int
pattern P x = Just x
type family F a
""",
        definitions="""\
type |Store 9-9 @9 0
type |Id 11-11 @11 0
type |Name 12-12 @12 0
class |Shape 14-16 @14 0
method Shape|area 15-16 @15 1
method Shape Int|area 19-19 @19 1
function |get 22-25 @22 0
function |limit 27-27 @27 0
function |<+> 28-28 @28 0
type |G 29-30 @29 0
function |P 31-31 @31 0
type |F 32-32 @32 0
""",
        imports=("Data.Map", "Data.List"),
    ),
)
