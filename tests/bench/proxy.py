#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sluice beside nginx and HAProxy: CPU per request, and latency added, from one run.

One upstream (nginx, one worker, a 400-byte completion), one client (wrk, one thread, 32 connections),
the proxies in turn, several rounds. CPU is what the proxy's own process says it used.
"""

import argparse
import json
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

TICK = os.sysconf("SC_CLK_TCK")
IDLE = 5000


def completion(content):
    return json.dumps({
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1, "model": "real-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {
            "role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 36, "total_tokens": 76}})


COMPLETION = completion("x" * (400 - len(completion(""))))
assert len(COMPLETION) == 400
BODY = json.dumps({
    "model": "bench", "temperature": 0.2, "max_tokens": 100,
    "messages": [{"role": "system", "content": "You answer in one sentence."},
                 {"role": "user", "content": "Why does a river that meets a gate rise? " * 3}]})

children = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, **options):
    child = subprocess.Popen(command, stdout=options.pop("stdout", subprocess.DEVNULL), **options)
    children.append(child)
    return child


def stop_all():
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_for(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


def descendants(pid):
    try:
        kids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        kids = []
    return [pid] + [p for kid in kids for p in descendants(int(kid))]


def cpu_seconds(pid):
    """User and system time of a process, its threads and its children."""
    total = 0
    for each in descendants(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def nginx(folder, name, server):
    port = free_port()
    home = folder / name
    home.mkdir()
    config = home / "nginx.conf"
    config.write_text(f"""
worker_processes 1;
daemon off;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 12000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  {server(port)}
}}
""")
    child = start(["nginx", "-p", str(home), "-c", str(config)], stderr=subprocess.DEVNULL)
    wait_for(port)
    return port, child.pid


def start_upstream(folder):
    return nginx(folder, "upstream", lambda port: f"""
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ default_type application/json; return 200 '{COMPLETION}'; }}
  }}""")


def start_nginx(folder, upstream):
    return nginx(folder, "nginx", lambda port: f"""
  upstream up {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://up;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
    location /healthz {{ return 200 'ok'; }}
  }}""")


def start_haproxy(folder, upstream):
    port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(f"""
global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend in
  bind 127.0.0.1:{port} backlog 1024
  default_backend up
backend up
  server up 127.0.0.1:{upstream} pool-max-conn 64
""")
    child = start(["haproxy", "-db", "-f", str(config)], stderr=subprocess.DEVNULL)
    wait_for(port)
    return port, child.pid


def start_sluice(folder, upstream, program):
    config = folder / "sluice.yaml"
    config.write_text(f"""
version: 1
server: {{listen: '127.0.0.1:0', workers: 1}}
providers:
  - id: up
    base_url: http://127.0.0.1:{upstream}/v1
    limits: {{requests_per_minute: 10000000, burst_requests: 10000000}}
routes:
  - model: bench
    targets: [{{provider: up, model: real-model}}]
""")
    child = start([program, "--headless", "--config", str(config)],
                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = child.stdout.readline().decode()
    match = re.search(r":(\d+)$", line.strip())
    if not match:
        sys.exit(f"sluice did not start: {line!r}")
    return int(match.group(1)), child.pid


def wrk(folder, port, connections, seconds):
    script = folder / "wrk.lua"
    if not script.exists():
        script.write_text(f"""
wrk.method = "POST"
wrk.body = [==[{BODY}]==]
wrk.headers["Content-Type"] = "application/json"
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


def measure(folder, port, pid, seconds):
    before = cpu_seconds(pid)
    result = wrk(folder, port, 32, seconds)
    result["cpu_us"] = (cpu_seconds(pid) - before) * 1e6 / result["requests"]
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


def medians(rounds):
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sluice", default="build/release/app/sluice")
    options.add_argument("--out", default="build/bench/proxy.json")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=3)
    args = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))
    folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        upstream, _ = start_upstream(folder)
        proxies = {"nginx": start_nginx(folder, upstream), "haproxy": start_haproxy(folder, upstream),
                   "sluice": start_sluice(folder, upstream, os.path.abspath(args.sluice))}
        for port, _ in proxies.values():
            wrk(folder, port, 32, 1)  # warm
        busy = {name: [] for name in proxies}
        single = {name: [] for name in [*proxies, "direct"]}
        for done in range(args.rounds):
            print(f"   round {done + 1} of {args.rounds}", flush=True)
            for name, (port, pid) in proxies.items():
                busy[name].append(measure(folder, port, pid, args.seconds))
            for name, (port, _) in [*proxies.items(), ("direct", (upstream, 0))]:
                single[name].append(wrk(folder, port, 1, 1))
        idle = {}
        for name in ("nginx", "sluice"):
            print(f"   {IDLE} idle connections to {name}", flush=True)
            port, pid = proxies[name]
            held = hold_idle(port, IDLE)
            idle[name] = medians([measure(folder, port, pid, args.seconds) for _ in range(3)])
            for link in held:
                link.close()
    finally:
        stop_all()
        shutil.rmtree(folder, ignore_errors=True)

    result = {"rounds": args.rounds, "seconds": args.seconds, "busy": {}, "idle": idle, "single": {}}
    direct = medians(single["direct"])
    nginx_cpu = medians(busy["nginx"])["cpu_us"]
    print(f"\n{'':10}{'CPU us/req':>11}{'x nginx':>9}{'req/s':>9}{'+p50 us':>9}{'+p99 us':>9}"
          f"{f'CPU, {IDLE} idle':>18}{'x own':>7}")
    for name in proxies:
        row, one = medians(busy[name]), medians(single[name])
        row["ratio_to_nginx"] = row["cpu_us"] / nginx_cpu
        added = {key: one[key] - direct[key] for key in ("p50", "p99")}
        result["busy"][name], result["single"][name] = row, {**one, "added": added}
        tail = ""
        if name in idle:
            idle[name]["ratio_to_own"] = idle[name]["cpu_us"] / row["cpu_us"]
            tail = f"{idle[name]['cpu_us']:18.1f}{idle[name]['ratio_to_own']:7.2f}"
        print(f"{name:10}{row['cpu_us']:11.1f}{row['ratio_to_nginx']:9.2f}{row['per_second']:9.0f}"
              f"{added['p50']:9.0f}{added['p99']:9.0f}{tail}")
    result["single"]["direct"] = direct
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    Path(args.out).write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nCPU per request: Sluice / nginx = {result['busy']['sluice']['ratio_to_nginx']:.2f}"
          f" (aim 1.5); with {IDLE} idle connections, Sluice / itself ="
          f" {idle['sluice']['ratio_to_own']:.2f} (aim 1.1). Written to {args.out}")


if __name__ == "__main__":
    main()
