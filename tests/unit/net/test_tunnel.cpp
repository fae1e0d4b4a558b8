// SPDX-License-Identifier: GPL-3.0-or-later
// What is said to a proxy and heard from it, however the bytes are cut.
#include <QTest>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/origin.h"
#include "gateway/net/proxy.h"
#include "gateway/net/tunnel.h"

using namespace sluice;
using namespace sluice::net;
using namespace std::string_literals;

namespace {

Proxy proxyOf(Proxy::Kind kind, std::string user = {}, std::string password = {}) {
  return {kind, "proxy.test", 3128, std::move(user), std::move(password)};
}

struct Said {
  std::vector<std::string>
      out;  // what was sent before, and after each piece, without the empty ones
  bool open = false;
  std::string failure;
  std::size_t taken = 0;
  bool operator==(const Said&) const = default;
};

/// Says `input` to it in pieces of `step` bytes.
Said said(const Proxy& proxy, std::string_view input, std::size_t step,
          const std::string& host = "llm.test") {
  Tunnel tunnel(proxy, host, 443);
  Said said;
  const auto look = [&] {
    std::string out = tunnel.takeOutput();
    if (!out.empty()) said.out.push_back(std::move(out));
  };
  look();
  while (said.taken < input.size() && !tunnel.open() && !tunnel.failed()) {
    said.taken += tunnel.feed(input.substr(said.taken, step));
    look();
  }
  said.open = tunnel.open();
  said.failure = tunnel.failure();
  return said;
}

constexpr std::string_view kBehind = "HTTP/1.1 200 of the origin";

}  // namespace

class TestTunnel : public QObject {
  Q_OBJECT
 private slots:
  void opens_data() {
    QTest::addColumn<Proxy>("proxy");
    QTest::addColumn<std::string>("input");
    QTest::addColumn<std::vector<std::string>>("out");
    using Out = std::vector<std::string>;
    const std::string head = "CONNECT llm.test:443 HTTP/1.1\r\nHost: llm.test:443\r\n";
    const auto http = proxyOf(Proxy::Kind::Http);
    QTest::newRow("bare") << http << "HTTP/1.1 200 OK\r\n\r\n"s << Out{head + "\r\n"};
    QTest::newRow("1.0, no reason") << http << "HTTP/1.0 200\r\n\r\n"s << Out{head + "\r\n"};
    QTest::newRow("201") << http << "HTTP/1.1 201 Made\r\n\r\n"s << Out{head + "\r\n"};
    QTest::newRow("fields, of a body too")
        << http
        << "HTTP/1.1 200 OK\r\nContent-Length: 26\r\nTransfer-Encoding: chunked\r\n: odd\r\n\r\n"s
        << Out{head + "\r\n"};
    QTest::newRow("lines without CR")
        << http << "HTTP/1.1 200 OK\nVia: x\n\n"s << Out{head + "\r\n"};
    QTest::newRow("an interim answer first")
        << http << "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"s
        << Out{head + "\r\n"};
    // base64("me:s:cret")
    QTest::newRow("Basic") << proxyOf(Proxy::Kind::Http, "me", "s:cret")
                           << "HTTP/1.1 200 OK\r\n\r\n"s
                           << Out{head + "Proxy-Authorization: Basic bWU6czpjcmV0\r\n\r\n"};

    const auto socks = proxyOf(Proxy::Kind::Socks5);
    const std::string request = "\5\1\0\3\10llm.test\1\xBB"s;
    const std::string granted = "\5\0\0\1\1\2\3\4\x10\x20"s;
    QTest::newRow("SOCKS") << socks << "\5\0"s + granted << Out{"\5\1\0"s, request};
    QTest::newRow("SOCKS, bound to IPv6")
        << socks << "\5\0\5\0\0\4"s + std::string(18, 'x') << Out{"\5\1\0"s, request};
    QTest::newRow("SOCKS, bound to a name")
        << socks << "\5\0\5\0\0\3\3abc\0\1"s << Out{"\5\1\0"s, request};
    const auto known = proxyOf(Proxy::Kind::Socks5, "me", "secret");
    QTest::newRow("SOCKS, a login")
        << known << "\5\2\1\0"s + granted << Out{"\5\2\0\2"s, "\1\2me\6secret"s, request};
    QTest::newRow("SOCKS, no login wanted")
        << known << "\5\0"s + granted << Out{"\5\2\0\2"s, request};
  }
  void opens() {
    QFETCH(Proxy, proxy);
    QFETCH(std::string, input);
    QFETCH(std::vector<std::string>, out);
    const std::string all = input + std::string(kBehind);
    for (std::size_t step = 1; step <= all.size(); ++step) {
      const Said got = said(proxy, all, step);
      QVERIFY2(got.open, got.failure.c_str());
      QCOMPARE(got.taken, input.size());  // what is behind is not its own
      // A proxy that does not wait for its turn is told several things at once.
      if (step == 1) QCOMPARE(got.out, out);
    }
    for (std::size_t most = 0; most < input.size(); ++most) {
      const Said got = said(proxy, std::string_view(input).substr(0, most), input.size());
      QVERIFY(!got.open && got.failure.empty());
    }
  }

  void refuses_data() {
    QTest::addColumn<Proxy>("proxy");
    QTest::addColumn<std::string>("input");
    QTest::addColumn<std::string>("why");
    const auto http = proxyOf(Proxy::Kind::Http);
    const auto httpKnown = proxyOf(Proxy::Kind::Http, "me", "secret");
    const auto row = [](const char* name, const Proxy& proxy, const std::string& input,
                        const std::string& why) { QTest::newRow(name) << proxy << input << why; };
    row("403", http, "HTTP/1.1 403 Nope\r\n\r\n", "status 403, Forbidden");
    row("302", http, "HTTP/1.1 302 Found\r\n\r\n", "status 302");
    row("407", http, "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic\r\n\r\n",
        "status 407, it wants a user and a password in its address");
    row("407 again", httpKnown, "HTTP/1.1 407 Auth\r\n\r\n",
        "status 407, it does not accept the user and password of its address");
    row("another protocol", http, "SSH-2.0-hello\r\n", "what it answered is not HTTP");
    row("HTTP/2", http, "HTTP/2.0 200 OK\r\n", "what it answered is not HTTP");
    row("no status", http, "HTTP/1.1 2x0 OK\r\n", "what it answered is not HTTP");
    row("a long status", http, "HTTP/1.1 2000 OK\r\n", "what it answered is not HTTP");
    row("an empty line", http, "\r\n", "what it answered is not HTTP");
    row("an endless line", http, std::string(20'000, 'x'), "it talks on and on");
    std::string fields = "HTTP/1.1 200 OK\r\n";
    while (fields.size() < 20'000) fields += "A: b\r\n";
    row("endless fields", http, fields, "it talks on and on");
    std::string interim;
    while (interim.size() < 20'000) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    row("endless announcements", http, interim, "it talks on and on");

    const auto socks = proxyOf(Proxy::Kind::Socks5);
    const auto known = proxyOf(Proxy::Kind::Socks5, "me", "secret");
    row("SOCKS 4", socks, "\4\0"s, "what it answered is not SOCKS 5");
    row("HTTP for SOCKS", socks, "HTTP/1.1 400\r\n", "what it answered is not SOCKS 5");
    row("SOCKS, wants a login", socks, "\5\xFF"s, "it wants a user and a password in its address");
    row("SOCKS, an unasked login", socks, "\5\2"s, "it wants another way to log in");
    row("SOCKS, none accepted", known, "\5\xFF"s, "it wants another way to log in");
    row("SOCKS, wrong login", known, "\5\2\1\1"s,
        "it does not accept the user and password of its address");
    row("SOCKS, refused", socks, "\5\0\5\5\0\1"s, "reply 5, the connection was refused");
    row("SOCKS, not allowed", socks, "\5\0\5\2"s, "reply 2, its rules do not allow it");
    row("SOCKS, unknown reply", socks, "\5\0\5\xC8"s, "reply 200, it failed");
    row("SOCKS, odd reply", socks, "\5\0\4"s, "what it answered is not SOCKS 5");
    row("SOCKS, odd address", socks, "\5\0\5\0\0\2x"s, "what it answered is not SOCKS 5");
    row("SOCKS, a long password", proxyOf(Proxy::Kind::Socks5, "me", std::string(256, 'x')), "",
        "SOCKS has no room for names and passwords of more than 255 bytes");
  }
  void refuses() {
    QFETCH(Proxy, proxy);
    QFETCH(std::string, input);
    QFETCH(std::string, why);
    const std::string name =
        proxy.kind == Proxy::Kind::Http ? "http://proxy.test:3128" : "socks5://proxy.test:3128";
    const Said whole = said(proxy, input, input.size() + 1);
    QCOMPARE(whole.failure, "the proxy " + name + " gives no tunnel: " + why);
    QVERIFY(!whole.open);
    for (std::size_t step = 1; step < std::min<std::size_t>(input.size(), 100); ++step) {
      QCOMPARE(said(proxy, input, step).failure, whole.failure);
    }
  }

  void addressesAreSaidAsTheyAre() {
    const auto http = proxyOf(Proxy::Kind::Http);
    const auto socks = proxyOf(Proxy::Kind::Socks5);
    QCOMPARE(said(http, "", 1, "2001:db8::1").out.at(0),
             "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"s);
    QCOMPARE(said(socks, "\5\0"s, 1, "192.0.2.1").out.at(1), "\5\1\0\1\xC0\0\2\1\1\xBB"s);
    QCOMPARE(said(socks, "\5\0"s, 1, "2001:db8::1").out.at(1),
             "\5\1\0\4\x20\1\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\1\1\xBB"s);
  }

  void theEnvironmentNamesIt_data() {
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("variables");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("login");
    const auto row = [](const char* url, const char* variables, const char* name,
                        const char* login = "") {
      QTest::newRow(variables) << QString::fromLatin1(url) << QString::fromLatin1(variables)
                               << QString::fromLatin1(name) << QString::fromLatin1(login);
    };
    row("http://a.test", "", "");
    row("http://a.test", "http_proxy=p:1", "http://p:1");
    row("http://a.test", "http_proxy=http://p", "http://p:8080");
    row("http://a.test", "HTTP_PROXY=http://[::1]:1", "http://[::1]:1");
    row("https://a.test", "http_proxy=http://p:1", "");
    row("https://a.test", "https_proxy=http://me:a%40b%3Ac@p:1", "http://p:1", "me a@b:c");
    row("https://a.test", "all_proxy=socks5h://me@p", "socks5://p:1080", "me ");
    row("http://localhost", "http_proxy=p:2", "");
    row("http://127.0.0.1", "http_proxy=p:3", "");
    row("http://x.a.test", "http_proxy=p:1 no_proxy=b,.a.test", "");
    row("http://a.test", "http_proxy=p:1 no_proxy=b", "http://p:1");
    row("http://10.1.2.3", "http_proxy=p:1 no_proxy=10.0.0.0/8", "");
    row("http://11.1.2.3", "http_proxy=p:2 no_proxy=10.0.0.0/8", "http://p:2");
    row("http://a.test", "http_proxy=p:3 no_proxy=0.0.0.0/0,a.test/8", "http://p:3");
    row("http://[2001:db8::1]", "http_proxy=p:4 no_proxy=2001:db8::/32", "");
    row("http://[2001:db8::1]", "http_proxy=p:5 no_proxy=[2001:db8::1]", "");
  }
  void theEnvironmentNamesIt() {
    QFETCH(QString, url);
    QFETCH(QString, variables);
    QFETCH(QString, name);
    QFETCH(QString, login);
    std::map<std::string, std::string> environment;
    for (const QString& variable : variables.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
      environment[variable.section(QLatin1Char('='), 0, 0).toStdString()] =
          variable.section(QLatin1Char('='), 1).toStdString();
    }
    const auto origin = config::parseOrigin(url.toStdString());
    QVERIFY(origin);
    const auto [proxy, flaw] = proxyFor(*origin, [&](const char* variable) {
      const auto at = environment.find(variable);
      return at == environment.end() ? std::string() : at->second;
    });
    QCOMPARE(flaw, ""s);
    QCOMPARE(QString::fromStdString(proxy ? proxy->name() : ""), name);
    if (login.isEmpty()) {
      QVERIFY(!proxy || !proxy->hasLogin());
    } else {
      QCOMPARE(QString::fromStdString(proxy->user + " " + proxy->password), login);
    }
  }

  /// Whoever names one that cannot be used is told so, and reaches nobody past it.
  void theEnvironmentNamesNone_data() {
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("why");
    const auto unknown = [](const std::string& scheme) {
      return "names a proxy of " + scheme + "://, which Sluice does not speak";
    };
    QTest::newRow("TLS to the proxy") << "https://me:s3cret@p:1"s << unknown("https");
    QTest::newRow("SOCKS 4") << "socks4://me:s3cret@p:1"s << unknown("socks4");
    for (const char* value :
         {"http://", "http://me:s3cret@:1", "p:s3cret", ":1", "http://p:99999"}) {
      QTest::newRow(value) << std::string(value) << "is not the address of a proxy"s;
    }
  }
  void theEnvironmentNamesNone() {
    QFETCH(std::string, value);
    QFETCH(std::string, why);
    const auto setting = proxyFor(*config::parseOrigin("https://a.test"), [&](const char* name) {
      return name == "https_proxy"s ? value : ""s;
    });
    QVERIFY(!setting.proxy);
    QCOMPARE(setting.flaw, "the environment's https_proxy " + why +
                               "; it must be http://host:port or socks5://host:port");
    const auto direct = proxyFor(*config::parseOrigin("https://a.test"), [&](const char* name) {
      return name == "no_proxy"s ? "a.test"s : value;
    });
    QVERIFY(direct.flaw.empty());
  }
};

QTEST_APPLESS_MAIN(TestTunnel)
#include "test_tunnel.moc"
