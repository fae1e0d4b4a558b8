// SPDX-License-Identifier: GPL-3.0-or-later
// Both ends of many event streams through a proxy: a provider that sends events at a steady pace and a
// client that reads how long each was under way. One thread each, plain epoll, so that the ends cost
// little beside what is between them.
//
//   bench_streams --listen PORT --proxy PORT [--streams N] [--rate PER_SECOND] [--events N] [--repeat N]
//                 [--flood]
//
// --repeat: each connection asks that often, one after the other. --flood: the provider sends as fast as
// it can, and the clients stop reading after the first event.
// Prints RUNNING when every stream has begun, reads a line from stdin when --flood (and ends then), and
// prints one JSON object with delays in microseconds.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Nanos = std::int64_t;

Nanos now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "bench_streams: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

struct Options {
  std::uint16_t listen = 0;
  std::uint16_t proxy = 0;
  int streams = 2000;
  int rate = 20;
  int events = 200;
  int repeat = 1;
  bool flood = false;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void makeReady(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

constexpr std::string_view kMark = "\"content\":\"T";
constexpr std::size_t kDigits = 19;

/// One event in a chunk of its own, with the time at which it was sent.
std::string eventNow() {
  char digits[kDigits + 1];
  std::snprintf(digits, sizeof digits, "%019lld", static_cast<long long>(now()));
  std::string event =
      "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,"
      "\"model\":\"real-model\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"T";
  event.append(digits).append(" \"},\"finish_reason\":null}]}\n\n");
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", event.size());
  return size + event + "\r\n";
}

class Provider {
 public:
  explicit Provider(const Options& options) : m_options(options) {
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int one = 1;
    ::setsockopt(m_listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    const sockaddr_in address = loopback(options.listen);
    if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(m_listener, 4096) != 0) {
      die("cannot listen");
    }
    m_epoll = ::epoll_create1(0);
    watch(m_listener, EPOLLIN);
  }

  void run() {
    std::array<epoll_event, 512> ready;
    while (!m_stop.load(std::memory_order_relaxed)) {
      // Rounded up: a wait of 0 would turn in circles and take a core from what is measured.
      Nanos wait = 20;
      if (!m_due.empty()) {
        wait = std::clamp<Nanos>((m_due.top().at - now() + 999'999) / 1'000'000, 0, 20);
      }
      const int n = ::epoll_wait(m_epoll, ready.data(), static_cast<int>(ready.size()),
                                 static_cast<int>(wait));
      for (int i = 0; i < n; ++i) {
        const epoll_event& event = ready[static_cast<std::size_t>(i)];
        if (event.data.fd == m_listener) {
          accept();
        } else if (event.events & EPOLLIN) {
          read(event.data.fd);
        } else if (event.events & EPOLLOUT) {
          flood(event.data.fd);
        }
      }
      while (!m_due.empty() && m_due.top().at <= now()) {
        const Due due = m_due.top();
        m_due.pop();
        send(due);
      }
    }
  }
  void stop() { m_stop = true; }
  std::uint64_t written() const { return m_written.load(std::memory_order_relaxed); }

 private:
  struct Stream {
    std::string in;
    std::string out;         // of a flood
    std::uint64_t life = 0;  // tells a connection from an earlier one of the same number
    int left = 0;
  };
  struct Due {
    Nanos at;
    int fd;
    std::uint64_t life;
    bool operator<(const Due& other) const { return at > other.at; }
  };

  void watch(int fd, std::uint32_t events, int operation = EPOLL_CTL_ADD) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(m_epoll, operation, fd, &event);
  }
  void accept() {
    for (;;) {
      const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      makeReady(fd);
      m_streams[fd] = {{}, {}, ++m_lives, 0};
      watch(fd, EPOLLIN);
    }
  }
  void read(int fd) {
    Stream& stream = m_streams[fd];
    std::array<char, 16384> buffer;
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n <= 0) {
      if (n < 0 && errno == EAGAIN) return;
      ::close(fd);
      m_streams.erase(fd);
      return;
    }
    stream.in.append(buffer.data(), static_cast<std::size_t>(n));
    const std::size_t end = stream.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    // Bodies of the bench end with their only closing brace.
    if (stream.in.back() != '}') return;
    stream.in.clear();
    stream.left = m_options.events - 1;
    write(fd,
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
          "Transfer-Encoding: chunked\r\n\r\n" +
              eventNow());
    if (m_options.flood) {
      watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    } else if (stream.left == 0) {
      write(fd, kEnd);
    } else {
      m_due.push({now() + 1'000'000'000 / m_options.rate, fd, stream.life});
    }
  }
  void send(const Due& due) {
    const auto at = m_streams.find(due.fd);
    if (at == m_streams.end() || at->second.life != due.life) return;
    write(due.fd, eventNow());
    if (--at->second.left == 0) {
      write(due.fd, kEnd);
    } else {
      m_due.push({due.at + 1'000'000'000 / m_options.rate, due.fd, due.life});
    }
  }
  void flood(int fd) {
    std::string& out = m_streams[fd].out;
    while (out.size() < 65536) out += eventNow();
    const ssize_t n = ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    m_written.fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
    out.erase(0, static_cast<std::size_t>(n));
  }
  void write(int fd, std::string_view bytes) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) m_written.fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
  }

  static constexpr std::string_view kEnd = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";
  const Options& m_options;
  int m_listener = -1;
  int m_epoll = -1;
  std::uint64_t m_lives = 0;
  std::map<int, Stream> m_streams;
  std::priority_queue<Due> m_due;
  std::atomic<bool> m_stop = false;
  std::atomic<std::uint64_t> m_written = 0;
};

class Clients {
 public:
  explicit Clients(const Options& options)
      : m_options(options), m_epoll(::epoll_create1(0)), m_links(4096 + 2 * options.streams) {
    const std::string body =
        R"({"model":"bench","stream":true,"stream_options":{"include_usage":true},)"
        R"("messages":[{"role":"user","content":"hi")";
    const std::string whole = body + "}]}";
    m_request =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: " +
        std::to_string(whole.size()) + "\r\n\r\n" + whole;
  }

  bool run() {
    int opened = 0;
    const Nanos giveUp = now() + 120'000'000'000;
    std::array<epoll_event, 512> ready;
    while (m_done < m_options.streams) {
      // Streams begin over a while, as their connects would else be what is measured.
      for (int i = 0; i < 20 && opened < m_options.streams; ++i, ++opened) open();
      const int n = ::epoll_wait(m_epoll, ready.data(), static_cast<int>(ready.size()),
                                 opened < m_options.streams ? 5 : 100);
      for (int i = 0; i < n; ++i) read(ready[static_cast<std::size_t>(i)].data.fd);
      if (!m_told && m_begun == m_options.streams) {
        m_told = true;
        m_delays.clear();  // those of the time in which streams began, with their connects
        std::puts("RUNNING");
        std::fflush(stdout);
        if (m_options.flood) {
          (void)std::getchar();
          return true;
        }
      }
      if (now() > giveUp) return false;
    }
    return true;
  }

  void print(std::uint64_t written) {
    const auto at = [](std::vector<std::uint32_t>& all, double share) -> double {
      if (all.empty()) return 0;
      const auto index = static_cast<std::size_t>(share * static_cast<double>(all.size() - 1));
      std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(index), all.end());
      return all[index] / 1000.0;
    };
    std::printf(
        "{\"events\": %zu, \"errors\": %d, \"delay_p50\": %.1f, \"delay_p99\": %.1f, "
        "\"delay_max\": %.1f, "
        "\"first_p50\": %.1f, \"first_p99\": %.1f, \"written\": %llu}\n",
        m_delays.size(), m_errors, at(m_delays, 0.5), at(m_delays, 0.99), at(m_delays, 1),
        at(m_firsts, 0.5), at(m_firsts, 0.99), static_cast<unsigned long long>(written));
  }

 private:
  struct Link {
    std::string tail;
    Nanos asked = 0;
    int rounds = 0;
    bool begun = false;
    bool everBegun = false;
  };

  void open() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(m_options.proxy);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      die("cannot connect to the proxy");
    }
    makeReady(fd);
    if (m_options.flood) {
      const int small = 8192;
      ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
    if (static_cast<std::size_t>(fd) >= m_links.size())
      m_links.resize(static_cast<std::size_t>(fd) * 2);
    m_links[static_cast<std::size_t>(fd)] = {};
    ask(fd);
  }
  void ask(int fd) {
    Link& link = m_links[static_cast<std::size_t>(fd)];
    link.begun = false;
    link.tail.clear();
    link.asked = now();
    if (::send(fd, m_request.data(), m_request.size(), MSG_NOSIGNAL) < 0) close(fd, true);
  }
  void close(int fd, bool wrong) {
    ::close(fd);
    ++m_done;
    if (wrong) ++m_errors;
  }
  void read(int fd) {
    std::array<char, 65536> buffer;
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return close(fd, true);
    const Nanos at = now();
    Link& link = m_links[static_cast<std::size_t>(fd)];
    std::string text = std::move(link.tail);
    text.append(buffer.data(), static_cast<std::size_t>(n));
    std::size_t from = 0;
    for (std::size_t mark = text.find(kMark); mark != std::string::npos;
         mark = text.find(kMark, from)) {
      if (mark + kMark.size() + kDigits > text.size()) break;
      Nanos sent = 0;
      const char* digits = text.data() + mark + kMark.size();
      std::from_chars(digits, digits + kDigits, sent);
      m_delays.push_back(static_cast<std::uint32_t>(std::min<Nanos>(at - sent, UINT32_MAX)));
      if (!link.begun) {
        link.begun = true;
        m_firsts.push_back(
            static_cast<std::uint32_t>(std::min<Nanos>(at - link.asked, UINT32_MAX)));
        if (!std::exchange(link.everBegun, true)) ++m_begun;
        if (m_options.flood) {
          ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr);
          return;
        }
      }
      from = mark + kMark.size() + kDigits;
    }
    // The end of the answer is that of the chunked body.
    if (text.size() >= 5 && text.find("[DONE]", from) != std::string::npos &&
        text.ends_with("0\r\n\r\n")) {
      if (++link.rounds < m_options.repeat) return ask(fd);
      return close(fd, false);
    }
    constexpr std::size_t kTail = 64;
    const std::size_t keep = std::max(from, text.size() > kTail ? text.size() - kTail : 0);
    link.tail.assign(text, keep);
  }

  const Options& m_options;
  int m_epoll;
  std::string m_request;
  std::vector<Link> m_links;  // by descriptor
  std::vector<std::uint32_t> m_delays;
  std::vector<std::uint32_t> m_firsts;
  int m_begun = 0;
  int m_done = 0;
  int m_errors = 0;
  bool m_told = false;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--flood") {
      options.flood = true;
      continue;
    }
    if (i + 1 >= argc) die("an option without its value");
    const int value = std::atoi(argv[++i]);
    if (name == "--listen")
      options.listen = static_cast<std::uint16_t>(value);
    else if (name == "--proxy")
      options.proxy = static_cast<std::uint16_t>(value);
    else if (name == "--streams")
      options.streams = value;
    else if (name == "--rate")
      options.rate = value;
    else if (name == "--events")
      options.events = value;
    else if (name == "--repeat")
      options.repeat = value;
    else
      die("unknown option");
  }
  Provider provider(options);
  std::thread serving([&] { provider.run(); });
  Clients clients(options);
  const bool whole = clients.run();
  clients.print(provider.written());
  provider.stop();
  serving.join();
  if (!whole) std::fprintf(stderr, "bench_streams: not all streams came to their end\n");
  return whole ? 0 : 1;
}
