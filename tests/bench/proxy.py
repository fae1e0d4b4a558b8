#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sluice beside nginx, HAProxy and Portkey: cost and delay of requests and of streams, in one run.

Everything is measured in short turns, proxy after proxy, and compared turn by turn, so that what else
the machine does meets all alike. README.md says what each figure means.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers

IDLE = 5000
LOADS = (1, 32, 256)


def wrk(folder, port, connections, seconds, headers=None, body=peers.BODY):
    script = folder / f"wrk-{abs(hash((str(headers), body)))}.lua"
    if not script.exists():
        fields = "\n".join(f'wrk.headers["{k}"] = "{v}"' for k, v in (headers or {}).items())
        script.write_text(f"""
wrk.method = "POST"
wrk.body = [==[{body}]==]
wrk.headers["Content-Type"] = "application/json"
{fields}
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %.1f %.1f\\n", summary.requests, summary.duration,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
""")
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script),
                          f"http://127.0.0.1:{port}/v1/chat/completions"],
                         capture_output=True, text=True, check=True).stdout
    match = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)", out)
    requests, micros, bad, errors = (int(match.group(i)) for i in range(1, 5))
    if bad or errors or not requests:
        sys.exit(f"port {port}: {requests} requests, {bad} not answered with 2xx, {errors} errors")
    return {"requests": requests, "per_second": requests * 1e6 / micros,
            "p50": float(match.group(5)), "p99": float(match.group(6))}


def measure(folder, port, pid, connections, seconds, **how):
    before = peers.cpu_seconds(pid)
    result = wrk(folder, port, connections, seconds, **how)
    result["cpu_us"] = (peers.cpu_seconds(pid) - before) * 1e6 / result["requests"]
    return result


def hold_idle(port, count):
    """Opens connections that have made one request each and then are silent."""
    held = []
    for _ in range(count):
        link = socket.create_connection(("127.0.0.1", port))
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        held.append(link)
    for link in held:
        if not link.recv(4096).startswith(b"HTTP/1.1 200"):
            sys.exit("an idle connection was not served")
    return held


def median(values):
    return statistics.median(values)


def ratio(rounds, name, to, key):
    """The median of the ratios of each turn."""
    return median([a[key] / b[key] for a, b in zip(rounds[name], rounds[to]) if b[key] > 0])


def added(rounds, direct, name, key):
    """What the proxy adds, in the median turn."""
    return median([a[key] - b[key] for a, b in zip(rounds[name], direct)])


def say(text):
    print(f"   {text}", flush=True)


def plain(folder, args, proxies, upstream, result):
    """Cost and latency of requests at 1, 32 and 256 connections."""
    for connections in LOADS:
        rounds = {name: [] for name in [*proxies, "direct"]}
        for done in range(args.rounds):
            say(f"{connections} connections, turn {done + 1} of {args.rounds}")
            for name, (port, child) in proxies.items():
                rounds[name].append(measure(folder, port, child.pid, connections, args.seconds))
            rounds["direct"].append(wrk(folder, upstream, connections, args.seconds))
        direct = rounds["direct"]
        rows = {}
        for name in proxies:
            rows[name] = {
                "cpu_us": median([r["cpu_us"] for r in rounds[name]]),
                "cpu_x_nginx": ratio(rounds, name, "nginx", "cpu_us"),
                "per_second": median([r["per_second"] for r in rounds[name]]),
                **{f"added_{p}": added(rounds, direct, name, p) for p in ("p50", "p99")},
                **{f"{p}_x_nginx": ratio(rounds, name, "nginx", p) for p in ("p50", "p99")}}
        result["plain"][connections] = rows
    print(f"\n{'requests':10}{'conns':>6}{'CPU us':>8}{'x nginx':>9}{'req/s':>8}{'+p50 us':>9}{'x nginx':>9}"
          f"{'+p99 us':>9}{'x nginx':>9}")
    for connections, rows in result["plain"].items():
        for name, row in rows.items():
            base = rows["nginx"]
            print(f"{name:10}{connections:6}{row['cpu_us']:8.1f}{row['cpu_x_nginx']:9.2f}"
                  f"{row['per_second']:8.0f}{row['added_p50']:9.0f}{row['added_p50'] / base['added_p50']:9.2f}"
                  f"{row['added_p99']:9.0f}{row['added_p99'] / base['added_p99']:9.2f}")


def portkey(folder, args, upstream, sluice, result):
    """CPU per request of the gateway in Node, beside ours in the same turns."""
    package = Path(args.portkey)
    if not (package / "build" / "start-server.js").exists():
        sys.exit(f"there is no Portkey in {package}")
    port, child = peers.start_portkey(package)
    headers = {"x-portkey-provider": "openai", "x-portkey-custom-host": f"http://127.0.0.1:{upstream}/v1",
               "Authorization": "Bearer none"}
    wrk(folder, port, 8, 1, headers)
    theirs, ours = [], []
    for done in range(3):
        say(f"Portkey, turn {done + 1} of 3")
        theirs.append(measure(folder, port, child.pid, 8, args.seconds, headers=headers))
        ours.append(measure(folder, sluice[0], sluice[1].pid, 8, args.seconds))
    peers.stop(child)
    cpu = median([r["cpu_us"] for r in theirs])
    times = median([a["cpu_us"] / b["cpu_us"] for a, b in zip(theirs, ours)])
    result["portkey"] = {"cpu_us": cpu, "x_sluice": times}
    print(f"\nPortkey at 8 connections: {cpu:.0f} us of CPU a request, {times:.0f} x Sluice's (aim: 80)")


def translated(folder, args, upstream, result):
    """CPU of a chat of 2 KiB that is translated to Anthropic and back, beside one that is forwarded."""
    anthropic, _ = peers.start_upstream(folder, "anthropic", peers.MESSAGE)
    port, child = peers.start_translating(folder, upstream, anthropic, args.sluice)
    cost = {"same": [], "other": []}
    for model in cost:
        wrk(folder, port, 32, 1, body=peers.chat(model))  # warm
    for turn in range(args.rounds):
        say(f"forwarded and translated, turn {turn + 1} of {args.rounds}")
        for model, rows in cost.items():
            rows.append(measure(folder, port, child.pid, 32, args.seconds, body=peers.chat(model)))
    peers.stop(child)
    cpu = {model: median([row["cpu_us"] for row in rows]) for model, rows in cost.items()}
    times = ratio(cost, "other", "same", "cpu_us")
    result["translated"] = {"cpu_us": cpu["other"], "forwarded_cpu_us": cpu["same"], "x_forwarded": times}
    print(f"\nA chat of 2 KiB translated to Anthropic and back: {cpu['other']:.1f} us of CPU,"
          f" {times:.2f} x one that is forwarded, {cpu['same']:.1f} us (aim 2)")


def idle(folder, args, proxies, result):
    rows = {}
    for name in ("nginx", "sluice"):
        port, child = proxies[name]
        pairs = []
        before = peers.memory_kib(child.pid)["VmRSS"]
        for done in range(3):
            say(f"{name}, without and with {IDLE} idle connections, turn {done + 1} of 3")
            alone = measure(folder, port, child.pid, 32, args.seconds)
            held = hold_idle(port, IDLE)
            memory = peers.memory_kib(child.pid)["VmRSS"] - before
            pairs.append(measure(folder, port, child.pid, 32, args.seconds)["cpu_us"] / alone["cpu_us"])
            for link in held:
                link.close()
            time.sleep(0.5)
        rows[name] = {"cpu_x_own": median(pairs), "kib_per_connection": memory / IDLE}
    result["idle"] = rows
    print(f"\nWith {IDLE} idle connections, CPU a request: Sluice {rows['sluice']['cpu_x_own']:.2f} x its own"
          f" (aim 1.1), nginx {rows['nginx']['cpu_x_own']:.2f}; an idle connection keeps"
          f" {rows['sluice']['kib_per_connection']:.1f} KiB, nginx's {rows['nginx']['kib_per_connection']:.1f}")


class Streams:
    """Runs bench_streams, with a moment in its middle."""

    def __init__(self, program, listen, proxy, **options):
        command = [program, "--listen", str(listen), "--proxy", str(proxy)]
        for key, value in options.items():
            command += [f"--{key}"] + ([] if value is True else [str(value)])
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        peers.children.append(self.child)
        if self.child.stdout.readline().strip() != "RUNNING":
            sys.exit("the streams did not begin")

    def end(self):
        out, _ = self.child.communicate("\n", timeout=180)
        peers.children.remove(self.child)
        result = json.loads(out)
        if self.child.returncode != 0 or result["errors"]:
            sys.exit(f"the streams failed: {out}")
        return result


def streams(folder, args, result):
    listen = peers.free_port()
    makers = {"nginx": lambda: peers.start_nginx(folder, listen, name="nginx-stream", buffering=False),
              "sluice": lambda: peers.start_sluice(folder, listen, args.sluice, name="streams")}
    rows, running = {}, {}
    for name, make in makers.items():
        port, child = make()
        Streams(args.streams, listen, port, streams=32, rate=1000, events=1, repeat=50).end()  # warm
        # Those of the pool and the allocator are there once: the first run is for them.
        for count in (2000, 2000, 1000):
            say(f"{name}: {count} streams at 20 events a second")
            before = peers.memory_kib(child.pid)["VmRSS"]
            cpu = peers.cpu_seconds(child.pid)
            run = Streams(args.streams, listen, port, streams=count, rate=20, events=160)
            if (name, count) not in rows:
                per_stream = (peers.memory_kib(child.pid)["VmRSS"] - before) / count
            rows[name, count] = run.end()
            rows[name, count]["cpu_us"] = (peers.cpu_seconds(child.pid) - cpu) * 1e6 / rows[name, count]["events"]
            rows[name, count]["kib_per_stream"] = per_stream
        running[name] = port, child
    # Turn by turn, each with the provider asked directly beside it.
    firsts = {name: [] for name in [*running, "direct"]}
    for turn in range(args.rounds):
        say(f"time to the first event, turn {turn + 1} of {args.rounds}")
        for name in firsts:
            target = running[name][0] if name in running else listen
            firsts[name].append(Streams(args.streams, listen, target, streams=1, rate=1000, events=1,
                                        repeat=2000).end()["first_p50"])
    first = {name: median([a - b for a, b in zip(firsts[name], firsts["direct"])]) for name in running}
    say("200 clients that stop reading")
    port, child = running["sluice"]
    before = peers.memory_kib(child.pid)["VmRSS"]
    run = Streams(args.streams, listen, port, streams=200, flood=True)
    seen = -1
    while (memory := peers.memory_kib(child.pid)["VmRSS"]) != seen:  # until it grows no more
        seen = memory
        time.sleep(1)
    stopped = (memory - before) / 200
    run.end()
    for _, child in running.values():
        peers.stop(child)
    result["streams"] = {"first_added": first, "kib_per_stopped_reader": stopped,
                         **{f"{name} {count}": row for (name, count), row in rows.items()}}
    print(f"\n{'streams':10}{'':>6}{'CPU us/event':>13}{'delay p50':>11}{'p99 us':>9}{'KiB/stream':>12}")
    for (name, count), row in rows.items():
        print(f"{name:10}{count:6}{row['cpu_us']:13.2f}{row['delay_p50']:11.0f}{row['delay_p99']:9.0f}"
              f"{row['kib_per_stream']:12.1f}")
    print(f"p99 delay (aim 5000), memory of a stream (aim 16 KiB); the first event comes {first['sluice']:.0f} us later,"
          f" {first['sluice'] / first['nginx']:.2f} x nginx without buffering (aim 1.2);"
          f" a stopped reader keeps {stopped:.0f} KiB (bound: 96 unsent, and what any stream takes)")


def workers(folder, args, upstream, result):
    """How many requests a second of CPU gives, with one worker and with two."""
    made = {count: peers.start_sluice(folder, upstream, args.sluice, workers=count, name=f"w{count}")
            for count in (1, 2)}
    gains = []
    for turn in range(args.rounds):
        say(f"one worker and two, turn {turn + 1} of {args.rounds}")
        cost = {count: measure(folder, port, child.pid, 64, args.seconds)["cpu_us"]
                for count, (port, child) in made.items()}
        gains.append(2 * cost[1] / cost[2])
    for _, child in made.values():
        peers.stop(child)
    result["two_workers"] = median(gains)
    print(f"\nTwo workers can serve {median(gains):.2f} x what one can (aim 1.7), by their CPU a request")


def begin(folder, args, upstream, result):
    began = []
    for turn in range(5):
        at = time.monotonic()
        port, child = peers.start_sluice(folder, upstream, args.sluice, name="start")
        link = http.client.HTTPConnection("127.0.0.1", port)
        link.request("POST", "/v1/chat/completions", peers.BODY, {"Content-Type": "application/json"})
        if link.getresponse().status != 200:
            sys.exit("the first request failed")
        began.append((time.monotonic() - at) * 1e3)
        memory = peers.memory_kib(child.pid)
        peers.stop(child)
    result["start"] = {"first_request_ms": median(began), "rss_mib": memory["VmRSS"] / 1024,
                       "own_mib": memory["RssAnon"] / 1024}
    print(f"\nFirst request served {median(began):.0f} ms after start (aim 100); then"
          f" {memory['VmRSS'] / 1024:.1f} MiB resident (aim 25), {memory['RssAnon'] / 1024:.1f} of them its own")


def keep_swapping(port, token, swaps):
    """Changes a limit by the admin path, about ten times a second."""
    link = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        link.request("PATCH", "/_sluice/config", json.dumps(
            {"providers": {"up": {"limits": {"requests_per_minute": 9_000_000 + swaps.value % 1000}}}}),
            {"X-Sluice-Token": token})
        answer = link.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"a config was refused: {answer.status}")
        swaps.value += 1
        time.sleep(0.05)


def delays(port, seconds):
    """Of requests one after the other, in microseconds, sorted."""
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(peers.BODY)}\r\n\r\n"
    request = (head + peers.BODY).encode()
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        at = time.perf_counter()
        link.sendall(request)
        answer = b""
        while not answer.endswith(b"}"):
            answer += link.recv(65536)
        found.append((time.perf_counter() - at) * 1e6)
        time.sleep(0.0005)
    return sorted(found)


def swap(folder, args, upstream, origin, result):
    """What a swap costs who asks meanwhile. The worker, who asks and the provider have a core, the change another."""
    port, child = peers.start_sluice(folder, upstream, args.sluice, providers=200, name="swap")
    token = (folder / "sluice" / "token").read_text().strip()
    first, second = sorted(os.sched_getaffinity(0))[:2]
    for task in Path(f"/proc/{child.pid}/task").iterdir():
        worker = (task / "comm").read_text().strip() == "sluice-worker"
        os.sched_setaffinity(int(task.name), {first if worker else second})
    # A provider that shares its core with the change would be waited for, and the worker be blamed.
    for pid in peers.descendants(origin.pid):
        os.sched_setaffinity(pid, {first})
    swaps = multiprocessing.Value("i", 0)
    rows = {"calm": [], "swapping": []}
    everywhere = os.sched_getaffinity(0)
    for turn in range(3):
        say(f"200 providers, configs swapped under load, turn {turn + 1} of 3")
        os.sched_setaffinity(0, {first})
        rows["calm"].append(delays(port, 2 * args.seconds))
        os.sched_setaffinity(0, {second})
        swapping = multiprocessing.Process(target=keep_swapping, args=(port, token, swaps))
        swapping.start()
        os.sched_setaffinity(0, {first})
        rows["swapping"].append(delays(port, 2 * args.seconds))
        swapping.terminate()
        swapping.join()
    for pid in (0, *peers.descendants(origin.pid)):
        os.sched_setaffinity(pid, everywhere)
    peers.stop(child)
    at = {name: {share: median([row[int(share * (len(row) - 1))] for row in turns]) for share in (0.5, 0.99, 0.999)}
          for name, turns in rows.items()}
    result["swap"] = {"swaps": swaps.value, **at}
    print(f"\n{swaps.value} configs of 200 providers swapped under load: a request took"
          f" {at['swapping'][0.5]:.0f} us, p99 {at['swapping'][0.99]:.0f}, p99.9 {at['swapping'][0.999]:.0f}"
          f" (aim: 1000 more); without {at['calm'][0.5]:.0f}, {at['calm'][0.99]:.0f}, {at['calm'][0.999]:.0f}")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sluice", default="build/release/app/sluice")
    options.add_argument("--streams", default="build/release/tests/bench/bench_streams")
    options.add_argument("--portkey", default="build/bench/portkey/node_modules/@portkey-ai/gateway")
    options.add_argument("--out", default="build/bench/proxy.json")
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=int, default=1)
    options.add_argument("--only", default="plain translated portkey idle streams workers start swap")
    args = options.parse_args()
    args.sluice = os.path.abspath(args.sluice)
    args.streams = os.path.abspath(args.streams)
    parts = args.only.split()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))
    folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    result = {"rounds": args.rounds, "seconds": args.seconds, "plain": {}}
    try:
        upstream, origin = peers.start_upstream(folder)
        proxies = {"nginx": peers.start_nginx(folder, upstream),
                   "no log": peers.start_nginx(folder, upstream, name="nginx-silent", log=False),
                   "haproxy": peers.start_haproxy(folder, upstream),
                   "sluice": peers.start_sluice(folder, upstream, args.sluice)}
        for port, _ in proxies.values():
            wrk(folder, port, 32, 1)  # warm
        if "plain" in parts:
            plain(folder, args, proxies, upstream, result)
        if "translated" in parts:
            translated(folder, args, upstream, result)
        if "portkey" in parts:
            portkey(folder, args, upstream, proxies["sluice"], result)
        if "idle" in parts:
            idle(folder, args, proxies, result)
        if "streams" in parts:
            streams(folder, args, result)
        if "workers" in parts:
            workers(folder, args, upstream, result)
        if "start" in parts:
            begin(folder, args, upstream, result)
        if "swap" in parts:
            swap(folder, args, upstream, origin, result)
    finally:
        peers.stop_all()
        shutil.rmtree(folder, ignore_errors=True)
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    Path(args.out).write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nWritten to {args.out}")


if __name__ == "__main__":
    main()
