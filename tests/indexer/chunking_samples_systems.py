"""Small sources in C, C++, Go, Rust, Zig, SQL, HTML and CSS, and what they define.

A definition is written ``kind scope|name first-last @line-of-the-name depth``.
"""

from __future__ import annotations

from tests.indexer.chunking_sample import Sample

SAMPLES = (
    Sample(
        language="c",
        problems=0,
        source="""\
#include <stdio.h>
#include "acme.h"

#define MAX 10
#define SQUARE(x) ((x) * (x))

struct point;
typedef struct point_s {
  int x;
} point_t;

typedef int (*callback)(int a);
typedef unsigned long ulong_t;
enum color { RED, GREEN };
union both { int a; float b; };
struct node { struct node *next; };

static int counter = 0;
extern int shared;
int add(int a, int b);
static const char *names[] = { "a", "b" };

/* Adds. */
static int *add_all(int *xs, size_t n) {
  return xs;
}

#ifdef WIN
void win_only(void) {
}
#else
void unix_only(void) {}
#endif
ACME_EXTERN int acme_run(acme_t* self, int mode);
int
old_style(void)
{
  return 1;
}
""",
        definitions="""\
macro |MAX 4-4 @4 0
macro |SQUARE 5-5 @5 0
struct |point_s 8-10 @8 0
struct |point_t 8-10 @10 0
type |callback 12-12 @12 0
type |ulong_t 13-13 @13 0
enum |color 14-14 @14 0
union |both 15-15 @15 0
struct |node 16-16 @16 0
variable |counter 18-18 @18 0
variable |shared 19-19 @19 0
declaration |add 20-20 @20 0
constant |names 21-21 @21 0
function |add_all 24-26 @24 0
function |win_only 29-30 @29 0
function |unix_only 32-32 @32 0
declaration |acme_run 34-34 @34 0
function |old_style 35-39 @36 0
""",
        imports=("stdio.h", "acme.h"),
    ),
    Sample(
        language="cpp",
        problems=0,
        source="""\
#pragma once
#include <vector>
using std::vector;

namespace acme {
namespace detail {
template <typename T> class Buffer : public Base {
 public:
  Buffer() : n_(0) {}
  ~Buffer();
  auto size() const -> int { return n_; }
  virtual void grow(int n) = 0;
  bool operator==(const Buffer& o) const { return true; }
  template <typename U> void push(U u) {}
  enum Mode { A, B };
  struct Inner { int x; };
  static const int kMax = 3;
 private:
  int n_;
};
}  // namespace detail

enum class Color : int { red };
using Id = int;
typedef int Number;
constexpr int kLimit = 3;
template <typename T> T max_of(T a, T b) { return a; }
template <typename T> concept Small = sizeof(T) < 4;

detail::Buffer<int>::~Buffer() {}
void Buffer::grow(int n) { n_ = n; }
int& Buffer::at(int i) { return x; }
template <typename T> void Buffer<T>::shrink() {}
class Fwd;
int proto(int a);
std::ostream& operator<<(std::ostream& o, int x) { return o; }
namespace a::b { void f() {} }
extern "C" { void cfun(void) {} }
ACME_BEGIN_EXPORT
class ACME_API Exported { void m() {} };
ACME_EXTERN int exported(int a);
auto lambda = [](int x) { return x; };
}
""",
        definitions="""\
namespace |acme 5-43 @5 0
namespace acme|detail 6-21 @6 0
class acme.detail|Buffer 7-20 @7 0
method acme.detail.Buffer|Buffer 9-9 @9 1
declaration acme.detail.Buffer|~Buffer 10-10 @10 1
method acme.detail.Buffer|size 11-11 @11 1
declaration acme.detail.Buffer|grow 12-12 @12 1
method acme.detail.Buffer|operator== 13-13 @13 1
method acme.detail.Buffer|push 14-14 @14 1
enum acme.detail.Buffer|Mode 15-15 @15 1
struct acme.detail.Buffer|Inner 16-16 @16 1
constant acme.detail.Buffer|kMax 17-17 @17 1
enum acme|Color 23-23 @23 0
type acme|Id 24-24 @24 0
type acme|Number 25-25 @25 0
constant acme|kLimit 26-26 @26 0
function acme|max_of 27-27 @27 0
type acme|Small 28-28 @28 0
method acme.detail.Buffer|~Buffer 30-30 @30 1
method acme.Buffer|grow 31-31 @31 1
method acme.Buffer|at 32-32 @32 1
method acme.Buffer|shrink 33-33 @33 1
declaration acme|proto 35-35 @35 0
function acme|operator<< 36-36 @36 0
namespace acme|a.b 37-37 @37 0
function acme.a.b|f 37-37 @37 0
function acme|cfun 38-38 @38 0
class acme|Exported 40-40 @40 0
method acme.Exported|m 40-40 @40 1
declaration acme|exported 41-41 @41 0
function acme|lambda 42-42 @42 0
""",
        imports=("vector",),
    ),
    Sample(
        language="go",
        problems=0,
        source="""\
// Package store keeps things.
package store

import (
	"fmt"
	str "strings"
)

const Max = 10

const (
	A = iota
	B
)

var ErrGone, errOther = fmt.Errorf("gone"), 1

// Store keeps.
type Store struct {
	n int
}

type Reader interface {
	Read(p []byte) (int, error)
}

type ID = string
type (
	Key string
	Val[T any] struct{ v T }
)

// Get gets.
func (s *Store) Get(k Key) string {
	return str.ToUpper(string(k))
}

func (v Val[T]) Put() {}

func New() *Store { return &Store{} }
""",
        definitions="""\
constant |Max 9-9 @9 0
constant |A 12-12 @12 0
constant |B 13-13 @13 0
variable |ErrGone 16-16 @16 0
variable |errOther 16-16 @16 0
struct |Store 19-21 @19 0
interface |Reader 23-25 @23 0
method Reader|Read 24-24 @24 1
type |ID 27-27 @27 0
type |Key 29-29 @29 0
struct |Val 30-30 @30 0
method Store|Get 34-36 @34 1
method Val|Put 38-38 @38 1
function |New 40-40 @40 0
""",
        imports=("fmt", "strings"),
    ),
    Sample(
        language="rust",
        problems=0,
        source="""\
//! A crate.
use std::{fmt, io::Read};
use crate::a::B;
extern crate serde;

pub const MAX: usize = 3;
static NAME: &str = "x";

/// A point.
#[derive(Debug)]
pub struct Point<T> {
    x: T,
}

pub enum Shape { Round, Square(i32) }

pub trait Area {
    const N: usize;
    type Out;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 { 2.0 * self.area() }
}

impl<T> Point<T> {
    pub fn new(x: T) -> Self { Point { x } }
}

impl<T> Area for Point<T> {
    fn area(&self) -> f64 { 0.0 }
}

pub mod inner {
    pub fn deep() {}
}
mod other;

macro_rules! square { ($x:expr) => { $x * $x }; }
type Alias = Point<i32>;
union U { a: u8 }

#[cfg(test)]
mod tests {
    #[test]
    fn works() {}
}
impl<'a> fmt::Display for &'a Shape { fn fmt(&self) {} }
""",
        definitions="""\
constant |MAX 6-6 @6 0
constant |NAME 7-7 @7 0
struct |Point 10-13 @11 0
enum |Shape 15-15 @15 0
trait |Area 17-22 @17 0
constant Area|N 18-18 @18 1
type Area|Out 19-19 @19 1
method Area|area 20-20 @20 1
method Area|twice 21-21 @21 1
method Point|new 25-25 @25 1
method Point|area 29-29 @29 1
module |inner 32-34 @32 0
function inner|deep 33-33 @33 0
declaration |other 35-35 @35 0
macro |square 37-37 @37 0
type |Alias 38-38 @38 0
union |U 39-39 @39 0
module |tests 41-45 @42 0
function tests|works 43-44 @44 0
method Shape|fmt 46-46 @46 1
""",
        imports=("std::{fmt, io::Read}", "crate::a::B", "serde"),
    ),
    Sample(
        language="zig",
        problems=0,
        source="""\
const std = @import("std");
const max = 3;
pub var count: u32 = 0;

/// A point.
pub const Point = struct {
    x: i32,
    const origin = 1;

    pub fn init(x: i32) Point {
        return .{ .x = x };
    }
};

const Color = enum { red, green };
const Shape = union(enum) { a: i32 };
fn add(a: i32, b: i32) i32 {
    return a + b;
}
pub fn List(comptime T: type) type {
    return struct {
        items: []T,
        pub fn push(self: *@This()) void { _ = self; }
    };
}
test "adds" {
    try std.testing.expect(true);
}
const E = error{Gone};
""",
        definitions="""\
constant |max 2-2 @2 0
variable |count 3-3 @3 0
struct |Point 6-13 @6 0
constant Point|origin 8-8 @8 1
method Point|init 10-12 @10 1
enum |Color 15-15 @15 0
union |Shape 16-16 @16 0
function |add 17-19 @17 0
function |List 20-25 @20 0
method List|push 23-23 @23 1
enum |E 29-29 @29 0
""",
        imports=("std",),
    ),
    Sample(
        language="sql",
        problems=0,
        source="""\
-- Users.
CREATE TABLE IF NOT EXISTS app.users (
  id INT PRIMARY KEY,
  name TEXT
);

CREATE VIEW active AS SELECT * FROM users;
CREATE INDEX users_name ON users (name);
CREATE OR REPLACE FUNCTION add(a int, b int) RETURNS int AS $$
BEGIN
  RETURN a + b;
END;
$$ LANGUAGE plpgsql;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TRIGGER trg BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION add();
CREATE MATERIALIZED VIEW mv AS SELECT 1;
CREATE SCHEMA s;
CREATE SEQUENCE seq;
INSERT INTO users VALUES (1, 'a');
CREATE PROCEDURE p() LANGUAGE SQL AS $$ SELECT 1 $$;
""",
        definitions="""\
table app|users 2-5 @2 1
view |active 7-7 @7 0
index |users_name 8-8 @8 0
function |add 9-13 @9 0
type |mood 14-14 @14 0
trigger |trg 15-15 @15 0
view |mv 16-16 @16 0
schema |s 17-17 @17 0
schema |seq 18-18 @18 0
function |p 20-20 @20 0
""",
        imports=(),
    ),
    Sample(
        language="html",
        problems=0,
        source="""\
<!DOCTYPE html>
<html>
<!-- A page. -->
<head>
  <title>My page</title>
  <script src="a.js">var x = 1;</script>
  <link href="b.css">
</head>
<body>
  <h1 id="top">Welcome <b>all</b></h1>
  <div id="main" class="x">
    <h2>Part</h2>
    <p>text</p>
  </div>
</body>
</html>
""",
        definitions="""\
element |top 10-10 @10 0
element |main 11-14 @11 0
""",
        imports=(),
    ),
    Sample(
        language="css",
        problems=0,
        source="""\
@import url("a.css");
:root { --main: red; }
/* Buttons. */
.button, .btn:hover {
  color: var(--main);
}
@media (max-width: 3px) {
  #main > p { color: blue; }
}
@keyframes spin { from { x: 1 } to { x: 2 } }
""",
        definitions="""\
rule |:root 2-2 @2 0
rule |.button, .btn:hover 4-6 @4 0
rule |#main > p 8-8 @8 0
rule |spin 10-10 @10 0
""",
        imports=("a.css",),
    ),
)
