# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench puts side by side: one upstream, the proxies in front of it, and their cost."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path


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

MESSAGE = json.dumps({
    "id": "msg_bench", "type": "message", "role": "assistant", "model": "real-model",
    "content": [{"type": "text", "text": "x" * 200}], "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 40, "output_tokens": 36}})


def chat(model):
    """A conversation of 2 KiB."""
    turns = [{"role": "system", "content": "You answer in one sentence."}]
    for i in range(8):
        turns.append({"role": ("user", "assistant")[i % 2],
                      "content": "Why does a river that meets a gate rise, and where does it go? " * 3})
    turns.append({"role": "user", "content": "And then?"})
    return json.dumps({"model": model, "temperature": 0.2, "max_tokens": 100, "messages": turns})


children = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, **options):
    child = subprocess.Popen(command, stdout=options.pop("stdout", subprocess.DEVNULL),
                             stderr=subprocess.DEVNULL, **options)
    children.append(child)
    return child


def stop(child):
    children.remove(child)
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def stop_all():
    for child in list(children):
        stop(child)


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
    """Time on a core of a process, its threads and its children, to the nanosecond."""
    total = 0
    for each in descendants(pid):
        for task in Path(f"/proc/{each}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_kib(pid):
    """Resident memory that is the process's own (of libraries, only what it wrote to)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return {key: int(re.search(rf"{key}:\s+(\d+)", status).group(1)) for key in ("VmRSS", "RssAnon")}


def nginx(folder, name, server, log="off"):
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
  access_log {log};
  keepalive_requests 1000000000;
  keepalive_timeout 600;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  {server(port)}
}}
""")
    child = start(["nginx", "-p", str(home), "-c", str(config)])
    wait_for(port)
    return port, child


def start_upstream(folder, name="upstream", answer=COMPLETION):
    return nginx(folder, name, lambda port: f"""
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type application/json; return 200 '{answer}'; }}
  }}""")


def start_nginx(folder, upstream, name="nginx", buffering=True, log=True):
    """`log`: with a line for each request, as it comes installed."""
    return nginx(folder, name, lambda port: f"""
  upstream up {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://up;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering {"on" if buffering else "off"};
    }}
    location /healthz {{ return 200 'ok'; }}
  }}""", str(folder / name / "access.log") if log else "off")


def start_haproxy(folder, upstream):
    port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(f"""
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend in
  bind 127.0.0.1:{port} backlog 4096
  default_backend up
backend up
  server up 127.0.0.1:{upstream} pool-max-conn 512
""")
    child = start(["haproxy", "-db", "-f", str(config)])
    wait_for(port)
    return port, child


def start_portkey(package):
    port = free_port()
    child = start(["node", str(package / "build" / "start-server.js"), f"--port={port}", "--headless"],
                  env={**os.environ, "NODE_ENV": "production"})
    wait_for(port)
    return port, child


def start_sluice(folder, upstream, program, workers=1, providers=1, name="sluice"):
    """`providers`: that many in all; the first serves."""
    lines = ["version: 1", f"server: {{listen: '127.0.0.1:0', workers: {workers}}}", "providers:"]
    for i in range(providers):
        lines += [f"  - id: {'up' if i == 0 else f'up{i}'}",
                  f"    base_url: http://127.0.0.1:{upstream}/v1",
                  "    limits: {requests_per_minute: 10000000, burst_requests: 10000000}"]
    lines += ["routes:"]
    for i in range(providers):
        lines += [f"  - model: {'bench' if i == 0 else f'bench{i}'}",
                  f"    targets: [{{provider: {'up' if i == 0 else f'up{i}'}, model: real-model}}]"]
    return run_sluice(folder, program, name, lines)


def start_translating(folder, upstream, anthropic, program):
    """The model 'same' is forwarded as it came, 'other' is translated to Anthropic and back."""
    return run_sluice(folder, program, "translating", [
        "version: 1", "server: {listen: '127.0.0.1:0', workers: 1}", "providers:",
        f"  - {{id: same, base_url: 'http://127.0.0.1:{upstream}/v1'}}",
        f"  - {{id: other, dialect: anthropic, base_url: 'http://127.0.0.1:{anthropic}'}}",
        "routes:",
        "  - {model: same, targets: [{provider: same, model: real-model}]}",
        "  - {model: other, targets: [{provider: other, model: real-model}]}"])


def run_sluice(folder, program, name, lines):
    config = folder / f"{name}.yaml"
    config.write_text("\n".join(lines) + "\n")
    # Its log goes where a person's would: to a file.
    child = subprocess.Popen([program, "--headless", "--config", str(config)], stdout=subprocess.PIPE,
                             stderr=(folder / f"{name}.log").open("w"),
                             env={**os.environ, "XDG_STATE_HOME": str(folder)})
    children.append(child)
    line = child.stdout.readline().decode()
    match = re.search(r":(\d+)$", line.strip())
    if not match:
        sys.exit(f"sluice did not start: {line!r}")
    return int(match.group(1)), child
