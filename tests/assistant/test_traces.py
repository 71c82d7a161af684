import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.traces import frames, is_trace, message

PYTHON = """Traceback (most recent call last):
  File "/home/ci/acme/src/net/tcp.py", line 17, in acquire
    return self._pool.pop()
           ^^^^^^^^^^^^^^^^
IndexError: pop from empty list

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/home/ci/acme/app.py", line 3, in <module>
    main()
  File "/usr/lib/python3.11/site-packages/urllib3/pool.py", line 99, in urlopen
    connect()
  File "/home/ci/acme/src/net/tcp.py", line 42, in connect
    return self._pool.acquire()
           ~~~~~~~~~~~~~~~~~~^^
LookupError: the pool is empty
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'user')
    at renderSession (/srv/app/web/src/components/session.ts:7:20)
    at async Promise.all (index 0)
    at new Server [as create] (webpack:///./src/server.js?a1b2:12:3)
    at file:///srv/app/esm.mjs:4:1
    at webpack-internal:///(rsc)/./web/page.tsx:9:11
    at http://localhost:3000/static/js/main.chunk.js:55:9
    at processTicksAndRejections (node:internal/process/task_queues:95:5)
"""
FIREFOX = (
    "renderSession@http://localhost:8080/src/session.js:7:20\nonClick@http://localhost:8080/src/app.js:3:1\n"
)
JAVA = """Exception in thread "main" java.lang.RuntimeException: failed
\tat app//com.acme.net.TcpClient.connect(TcpClient.java:13)
\tat com.acme.Main$Inner.lambda$main$0(Main.java:5)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1540)
\tat com.acme.Native.call(Native Method)
Caused by: java.lang.IllegalStateException: not connected
\tat com.acme.net.Pool.take(Pool.java:77)
\t... 12 more
"""
GO = """panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
panic({0x45e0a0, 0xc00001c0a8})
\t/usr/local/go/src/runtime/panic.go:884 +0x212
main.(*Router).Handle(...)
\t/home/me/acme/router/router.go:13
main.main()
\t/home/me/acme/main.go:8 +0x1d
exit status 2
"""
RUST = """thread 'main' panicked at rust/src/main.rs:4:52:
called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90b35a6239/library/std/src/panicking.rs:593:5
   3: app::parser::parse_number
             at ./rust/src/parser.rs:3:5
"""
OLD_RUST = "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/main.rs:2:37"
CSHARP = """System.InvalidOperationException: not connected
   at Acme.Net.TcpClient.Connect(String host) in C:\\build\\src\\Net\\TcpClient.cs:line 21
   at Acme.Program.<Main>d__0.MoveNext() in /agent/src/Program.cs:line 9
   at System.Threading.Tasks.Task.Run(Action a)
"""
RUBY = """lib/sinatra/base.rb:5:in `call': undefined method `call!' (NoMethodError)
\tfrom app.rb:7:in 'block in <main>'
"""
PHP = """PHP Fatal error:  Uncaught RuntimeException: boom in /var/www/src/Kernel.php:12
Stack trace:
#0 /var/www/public/index.php(34): App\\Kernel->handle()
#1 {main}
  thrown in /var/www/src/Kernel.php on line 12
"""
ELIXIR = """** (ArithmeticError) bad argument in arithmetic expression
    (acme 0.1.0) lib/acme/math.ex:12: Acme.Math.divide/2
    (stdlib 4.0) erl_eval.erl:744: :erl_eval.do_apply/7
"""
GCC = """In file included from src/util.h:3,
                 from src/main.c:1:
src/types.h:10:5: error: unknown type name 'size'
src/main.c: In function 'main':
src/main.c:12:3: warning: implicit declaration of function 'f'
"""
TSC = "web/src/components/session.ts(7,20): error TS2322: Type 'string' is not assignable.\n"
RUSTC = """error[E0308]: mismatched types
 --> rust/src/main.rs:4:18
  |
"""
MSVC = "C:\\src\\net\\tcp.cpp(12): error C2065: 'x': undeclared identifier\n"
MYPY = "src/net/tcp.py:12: error: Incompatible return value type\n"
PYTEST = """tests/test_tcp.py:6: in test_connect
    connector.connect()
src/net/tcp.py:42: in connect
    raise LookupError
E   LookupError: the pool is empty
"""
GDB = "#0  raise () at raise.c:51\n#1  0x0000555 in main (argc=1) at src/main.c:12\n"
SHELL = "./scripts/build.sh: line 12: foo: command not found"
PERL = "Died at lib/Acme.pm line 7.\n\tAcme::run() called at bin/acme.pl line 3\n"
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/srv/acme/app.py", line 9, in main
  |     run()
  | ExceptionGroup: several (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/acme/src/net/tcp.py", line 17, in acquire
    | LookupError: empty
"""
LOGGED = (
    '{"error": "Traceback (most recent call last):\\n  File \\"app.py\\", line 3, in main\\nKeyError: 1"}'
)

TABLE = [
    (
        PYTHON,
        [
            ("/home/ci/acme/src/net/tcp.py", 42),
            ("/usr/lib/python3.11/site-packages/urllib3/pool.py", 99),
            ("/home/ci/acme/app.py", 3),
            ("/home/ci/acme/src/net/tcp.py", 17),
        ],
    ),
    (
        NODE,
        [
            ("/srv/app/web/src/components/session.ts", 7),
            ("src/server.js", 12),
            ("/srv/app/esm.mjs", 4),
            ("web/page.tsx", 9),
            ("static/js/main.chunk.js", 55),
        ],
    ),
    (FIREFOX, [("src/session.js", 7), ("src/app.js", 3)]),
    (
        JAVA,
        [
            ("com/acme/net/TcpClient.java", 13),
            ("com/acme/Main.java", 5),
            ("java/util/ArrayList.java", 1540),
            ("com/acme/net/Pool.java", 77),
        ],
    ),
    (
        GO,
        [
            ("/usr/local/go/src/runtime/panic.go", 884),
            ("/home/me/acme/router/router.go", 13),
            ("/home/me/acme/main.go", 8),
        ],
    ),
    (
        RUST,
        [
            ("rust/src/main.rs", 4),
            ("/rustc/90b35a6239/library/std/src/panicking.rs", 593),
            ("rust/src/parser.rs", 3),
        ],
    ),
    (OLD_RUST, [("src/main.rs", 2)]),
    (CSHARP, [("C:/build/src/Net/TcpClient.cs", 21), ("/agent/src/Program.cs", 9)]),
    (RUBY, [("lib/sinatra/base.rb", 5), ("app.rb", 7)]),
    (PHP, [("/var/www/src/Kernel.php", 12), ("/var/www/public/index.php", 34)]),
    (ELIXIR, [("lib/acme/math.ex", 12), ("erl_eval.erl", 744)]),
    (GCC, [("src/types.h", 10), ("src/main.c", 12), ("src/util.h", 3), ("src/main.c", 1)]),
    (TSC, [("web/src/components/session.ts", 7)]),
    (RUSTC, [("rust/src/main.rs", 4)]),
    (MSVC, [("C:/src/net/tcp.cpp", 12)]),
    (MYPY, [("src/net/tcp.py", 12)]),
    (PYTEST, [("src/net/tcp.py", 42), ("tests/test_tcp.py", 6)]),
    (GDB, [("raise.c", 51), ("src/main.c", 12)]),
    (SHELL, [("scripts/build.sh", 12)]),
    (PERL, [("lib/Acme.pm", 7), ("bin/acme.pl", 3)]),
    (GROUP, [("/srv/acme/src/net/tcp.py", 17), ("/srv/acme/app.py", 9)]),
    (LOGGED, [("app.py", 3)]),
]


@pytest.mark.parametrize(("text", "places"), TABLE)
def test_frames_newest_first(text: str, places: list[tuple[str, int]]) -> None:
    assert [(frame.path, frame.line) for frame in frames(text)] == places


@pytest.mark.parametrize("text", [text for text, _ in TABLE])
def test_is_trace(text: str) -> None:
    assert is_trace(text)
    assert is_trace("\n\n" + text.strip() + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "src/net/tcp.py:12",
        "where does tcp.py:12 raise",
        "how are errors handled at start",
        "TCPConnector",
        "a question\nof two lines",
        "#12 fix the router",
        "at 12:30 the job in cron.py runs",
        "http://localhost:8000/index.html",
        "",
        "key: value\nother: value",
    ],
)
def test_is_no_trace(text: str) -> None:
    assert not is_trace(text)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        (PYTHON, "connect"),
        (JAVA, "com.acme.net.TcpClient.connect"),
        (RUBY, "call"),
        (CSHARP, "Acme.Net.TcpClient.Connect"),
    ],
)
def test_function_of_the_newest_frame(text: str, function: str) -> None:
    assert frames(text)[0].function == function


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PYTHON, "LookupError: the pool is empty"),
        (NODE, "TypeError: Cannot read properties of undefined (reading 'user')"),
        (GO, "panic: runtime error: index out of range [3] with length 3"),
    ],
)
def test_message(text: str, said: str) -> None:
    assert message(text) == said


@given(st.text(max_size=300))
def test_any_text_has_frames_or_none(text: str) -> None:
    for frame in frames(text):
        assert frame.path
        assert frame.line >= 0
    is_trace(text)
    message(text)


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "a.b:" * 50_000, "/a" * 50_000, 'File "' * 20_000, "at (" * 20_000]
)
def test_long_lines_are_read_in_linear_time(text: str) -> None:
    assert frames(text + "\n" + MYPY) == frames(MYPY)  # anything worse would not come back
