# SPDX-License-Identifier: MIT
"""What is checked, and how it is compiled for GenMC."""

import dataclasses
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent

# What is real in each client, and what stands for the rest beside the system.
PARK = ["park", "line"]
RWLOCK = ["rwlock", "rwlock_awake", "rwlock_seats", *PARK]
QUEUE = ["queue", "queue_many", "queue_create", "queue_state", "queue_fifo",
         "queue_ring", "queue_storage", "queue_stored", "queue_wait",
         "queue_statistics", *PARK]
POOL = ["pool", "pool_calls", "pool_deque", "pool_end", "pool_entrance",
        "pool_here", "pool_room", "pool_submit", "pool_tasks", "worker",
        "future", "future_callback", "condition", *PARK]
FUTURE = ["future", "future_callback", "pool_here", *PARK]
CACHE = ["cache", "cache_entry", "cache_evict", "cache_flight", "cache_state",
         "cache_table", *PARK]
OWN_MUTEX = ["verifier_mutex.h"]
OWN_LOCK = ["verifier_mutex.h", "verifier_lock.h"]
OWN_GATE = ["verifier_mutex.h", "verifier_gate.h"]
OWN_SUM = ["verifier_mutex.h", "verifier_sum.h"]
CLIENTS = {
    "mutex": (["mutex"], []),
    "park": (PARK, OWN_MUTEX),
    "lock": (["lock", *PARK], OWN_MUTEX),
    "lock_handed": (["lock", *PARK], OWN_MUTEX),
    "lock_insists": (["lock", *PARK], OWN_MUTEX),
    "lock_returned": (["lock", *PARK], OWN_MUTEX),
    "lock_timed": (["lock", *PARK], OWN_MUTEX),
    "lock_freed": (["lock", *PARK], OWN_MUTEX),
    "rlock": (["rlock"], OWN_LOCK),
    "rwlock": (RWLOCK, OWN_MUTEX),
    "rwlock_timed": (RWLOCK, OWN_MUTEX),
    "rwlock_seats": (RWLOCK, OWN_MUTEX),
    "rwlock_ended": (RWLOCK, OWN_MUTEX),
    "condition": (["condition", *PARK], OWN_LOCK),
    "condition_timed": (["condition", *PARK], OWN_LOCK),
    "semaphore": (["semaphore", *PARK], OWN_MUTEX),
    "semaphore_timed": (["semaphore", *PARK], OWN_MUTEX),
    "semaphore_freed": (["semaphore", *PARK], OWN_MUTEX),
    "semaphore_overdrawn": (["semaphore", *PARK], OWN_SUM),
    "semaphore_debt": (["semaphore", *PARK], OWN_SUM),
    "event": (["event", *PARK], OWN_MUTEX),
    "event_freed": (["event", *PARK], OWN_MUTEX),
    "latch": (["latch", *PARK], OWN_MUTEX),
    "once": (["once", *PARK], OWN_MUTEX),
    "barrier": (["barrier", *PARK], OWN_MUTEX),
    "barrier_timed": (["barrier", *PARK], OWN_MUTEX),
    "queue": (QUEUE, OWN_GATE),
    "queue_fifo": (QUEUE, OWN_GATE),
    "queue_timed": (QUEUE, OWN_GATE),
    "queue_shutdown": (QUEUE, OWN_GATE),
    "queue_join": (QUEUE, OWN_GATE),
    "queue_ring": (QUEUE, OWN_GATE),
    "future": (FUTURE, OWN_MUTEX),
    "future_callback": (FUTURE, OWN_MUTEX),
    "group_fd": (["group", "group_wait", *FUTURE],
                 [*OWN_MUTEX, "verify_fd.c"]),
    "group_stopped": (["group", "group_wait", *POOL], OWN_LOCK),
    "cache": (CACHE, OWN_LOCK),
    "pool_deque": (["pool_deque"], OWN_MUTEX),
    "pool": (POOL, OWN_LOCK),
    "pool_called": (POOL, OWN_LOCK),
    "pool_cancel": (POOL, OWN_LOCK),
    "pool_withdrawn": (POOL, OWN_LOCK),
    "pool_room": (POOL, OWN_LOCK),
}

# Too large for the quick run; their mutants are not.
LARGE = {
    "rc11": [],
    "imm": ["lock", "lock_freed", "lock_insists", "lock_returned", "lock_timed",
            "queue", "queue_fifo", "queue_timed", "queue_shutdown",
            "queue_join", "queue_ring", "pool", "pool_cancel",
            "pool_withdrawn"],
}

# Clients in which one waits for a word that is changed again later. GenMC also
# counts, as blocked, an execution in which it has seen only the old value; with
# the newer one it is explored too.
READS_OLD = ["lock_freed", "lock_insists", "lock_returned", "queue_timed",
             "semaphore_debt"]

# What is changed in the copy that is checked. A thread looks only once, or not
# at all, before it sleeps: a look that finds nothing has no effect, so that
# one, or the one that follows anyway, stands for many. For the same reason no
# advice is kept on how often to look. GenMC takes its time to name each word
# of a large table, and wants a word read as wide as it was written: where a
# structure is zeroed or copied, only words of eight bytes can be in it. (A
# queue that is first in, first out has no use for its other storage.) What is
# local to a thread must be no structure. And after a list of constructors it
# gives the addresses of variables again to others.
ADAPTED = [
    ("control.h", "extern bool weft__controlled;",
     "#define weft__controlled false"),
    ("lifecycle.h", "extern _Thread_local struct weft__failure",
     "extern _Thread_local char"),
    ("line.c", "LINE_BITS = 10", "LINE_BITS = 2"),
    ("lock.c", "SPINS = 40", "SPINS = 1"),
    ("lock.c", "ENTRY_BITS = 8", "ENTRY_BITS = 1"),
    ("lock.c", "if (after != before)", "if (false)"),
    ("lock.c", "bool looks_here,", "size_t looks_here,"),
    ("mutex.c", "SPINS = 100", "SPINS = 0"),
    ("future.c", "__attribute__((constructor))", "__attribute__((unused))"),
    ("queue_fifo.c", "        .storage = queue->storage,\n", ""),
    ("queue_fifo.c", "weft__storage_init(&queue->storage, leftover.storage",
     "(void)(leftover.storage"),
    ("queue_fifo.c", "leftover.storage.kind, ", ""),
    ("queue_wait.c", "    wait_awake(moving);", "    (void)moving;"),
    ("rwlock_awake.c", "LOOKS = 8", "LOOKS = 0"),
    ("rwlock.h", "WEFT__ROWS = 64", "WEFT__ROWS = 3"),
    ("pool_calls.c", "TRIES = 100", "TRIES = 0"),
    ("pool_deque.h", "WEFT__DEQUE_SLOTS = 256", "WEFT__DEQUE_SLOTS = 2"),
]

COMPILE = [
    "-std=c11", "-D_GNU_SOURCE", "-emit-llvm", "-c", "-g", "-O0", "-Xclang",
    "-disable-O0-optnone", "-fno-discard-value-names", "-fno-builtin",
]


@dataclasses.dataclass
class Mutant:
    client: str
    text: str
    edits: list  # of (file, old, new)


NOT_CHECKED = 3

HOW_TO_INSTALL = """\
GenMC 0.10.3 is known to work, https://github.com/MPI-SWS/genmc: build it with
LLVM 14 and put genmc on the PATH. It needs clang, opt and llvm-link of the same
LLVM; on Debian: apt install clang-14 llvm-14."""


def fail(text):
    sys.exit(f"model/run: {text}")


def insist_on(*tools):
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        print(f"model/run: nothing was checked: {' and '.join(missing)} "
              f"not found.\n{HOW_TO_INSTALL}", file=sys.stderr)
        sys.exit(NOT_CHECKED)


# ---- Sources -----------------------------------------------------------------


class MovedOn(Exception):
    """A source does not have what is to be changed in it."""


def edit(tree, file, old, new):
    """Replaces what must be there once."""
    path = next(p for p in (tree / "src" / file, tree / "include/weft" / file)
                if p.exists())
    text = path.read_text()
    if text.count(old) != 1:
        raise MovedOn(f"{file} has {text.count(old)} times, not once:\n{old}")
    path.write_text(text.replace(old, new))


def copy_tree(tree):
    shutil.copytree(ROOT / "src", tree / "src")
    shutil.copytree(ROOT / "include", tree / "include")
    shutil.copytree(HERE / "clients", tree / "model")
    for world in HERE.glob("verify*.c"):
        shutil.copy(world, tree / "model")
    for file, old, new in ADAPTED:
        edit(tree, file, old, new)


def read_mutants():
    """A line `client: what is wrong`, then `file`, lines with - and with +."""
    mutants = []
    for paragraph in (HERE / "mutants").read_text().split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line[:1] != "#"]
        if not lines:
            continue
        client, text = lines[0].split(": ", 1)
        edits, file = [], None
        for line in lines[1:]:
            if line[0] not in "-+":
                file = line
            elif line[0] == "-" and (not edits or edits[-1][2]):
                edits.append([file, [line[2:]], []])
            else:
                edits[-1][1 if line[0] == "-" else 2].append(line[2:])
        mutants.append(Mutant(client, text, [
            (file, "\n".join(old), "\n".join(new))
            for file, old, new in edits]))
    return mutants


# ---- Building ----------------------------------------------------------------


class Builder:
    """Compiles to bitcode; what was compiled from the same tree is kept."""

    def __init__(self, scratch, bounded):
        self.scratch = scratch
        self.bounded = bounded
        self.base = scratch / "base"
        self.lock = threading.Lock()
        self.compiled = {}
        insist_on("genmc")
        version = subprocess.run(["genmc", "--version"], text=True,
                                 capture_output=True).stdout
        llvm = re.search(r"LLVM (\d+)", version)
        suffix = "-" + llvm.group(1) if llvm else ""
        self.tools = {name: name + suffix if shutil.which(name + suffix)
                      else name for name in ("clang", "opt", "llvm-link")}
        insist_on(*self.tools.values())
        self.version = " ".join(version.split())
        copy_tree(self.base)

    def tool(self, name, *arguments):
        done = subprocess.run([self.tools[name], *map(str, arguments)],
                              text=True, capture_output=True)
        if done.returncode != 0:
            fail(f"{name} failed:\n{done.stderr}")

    def compile(self, source, tree, shadows):
        out = self.scratch / f"{len(self.compiled)}-{source.stem}.bc"
        self.compiled[source, tree, tuple(shadows)] = out
        includes = [x for name in ["verifier.h", *shadows]
                    for x in ("-include", HERE / name)]
        self.tool("clang", *COMPILE, f"-DCLIENT_BOUNDED={self.bounded:d}",
                  f"-fmacro-prefix-map={tree}/=", *includes, "-I", HERE,
                  "-I", tree / "include", "-I", tree / "src", source, "-o", out)
        # Structures held in registers, which GenMC cannot read whole.
        self.tool("opt", "-passes=function(sroa)", out, "-o", out)

    def bitcode(self, source, tree, changed, shadows):
        """A source of `tree` matters only if it or a header is changed."""
        if changed.isdisjoint({source.name}) and all(
                file.endswith(".c") for file in changed):
            source = self.base / source.relative_to(tree)
            tree = self.base
        with self.lock:
            if (source, tree, tuple(shadows)) not in self.compiled:
                self.compile(source, tree, shadows)
            return self.compiled[source, tree, tuple(shadows)]

    def files(self, client, tree):
        real, own = CLIENTS[client]
        worlds = ["verify.c", *(name for name in own if name.endswith(".c"))]
        return [*(tree / "src" / (name + ".c") for name in real),
                tree / "model" / (client + ".c"),
                *(tree / "model" / name for name in worlds)]

    def shadows(self, client):
        return [name for name in CLIENTS[client][1] if name.endswith(".h")]

    def build(self, client, tree, changed=frozenset()):
        shadows = self.shadows(client)
        bitcode = [self.bitcode(source, tree, changed, shadows)
                   for source in self.files(client, tree)]
        out = self.scratch / f"{threading.get_ident()}.bc"
        self.tool("llvm-link", *bitcode, "-o", out)
        return out

    def digest(self, program, *others):
        """Of what can be run in it; not of comments, nor of names' numbers."""
        out = program.with_suffix(".ll")
        self.tool("opt", "-S", "-strip-debug", "-passes=internalize,globaldce",
                  "-internalize-public-api-list=main", program, "-o", out)
        text = out.read_text().split("\n", 1)[1]  # after the file's name
        names = {}
        text = re.sub(r"[@%!#][\w.$-]*\d",
                      lambda name: names.setdefault(
                          name.group(), f"@{len(names)}"), text)
        told = [self.version, *others, text]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def plant(self, mutant, number):
        """A tree with the mutant's bug."""
        tree = self.scratch / f"mutant{number}"
        shutil.copytree(self.base, tree)
        for file, old, new in mutant.edits:
            edit(tree, file, old, new)
        return tree
