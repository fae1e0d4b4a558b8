// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <utility>

namespace sluice::test {

bool HttpClient::connect() {
  if (m_socket >= 0) return true;
  m_in.clear();
  m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{20, 0};  // a hung test fails
  ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(m_port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(m_socket, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return true;
  close();
  return false;
}

void HttpClient::close() {
  if (m_socket >= 0) ::close(m_socket);
  m_socket = -1;
}

bool HttpClient::send(std::string_view bytes) {
  if (!connect()) return false;
  while (!bytes.empty()) {
    const auto n = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool HttpClient::fill() {
  char buffer[16384];
  const auto n = ::recv(m_socket, buffer, sizeof buffer, 0);
  if (n <= 0) return false;
  m_in.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::optional<std::string> HttpClient::readUntil(std::string_view until) {
  for (;;) {
    const std::size_t at = m_in.find(until);
    if (at != std::string::npos) {
      std::string out = m_in.substr(0, at + until.size());
      m_in.erase(0, out.size());
      return out;
    }
    if (m_socket < 0 || !fill()) return std::nullopt;
  }
}

std::string HttpClient::readAll() {
  while (m_socket >= 0 && fill()) {
  }
  return std::exchange(m_in, {});
}

std::string chatRequest(std::string_view model, bool stream) {
  const std::string body = "{\"model\":\"" + std::string(model) +
                           "\",\"stream\":" + (stream ? "true" : "false") +
                           ",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::optional<Answer> HttpClient::chat(std::string_view model, bool stream) {
  const std::string text = chatRequest(model, stream);
  const std::size_t body = text.find("\r\n\r\n") + 4;
  return request("POST", "/v1/chat/completions", std::string_view(text).substr(body));
}

std::optional<Answer> HttpClient::request(std::string_view method, std::string_view path,
                                          std::string_view body) {
  std::string text(method);
  text.append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  if (!send(text)) {
    close();
    return std::nullopt;
  }
  const auto head = readUntil("\r\n\r\n");
  if (!head) {
    close();
    return std::nullopt;
  }
  Answer answer;
  answer.status = std::atoi(head->c_str() + 9);
  for (std::size_t at = head->find("\r\n") + 2; at + 2 < head->size();) {
    const std::size_t end = head->find("\r\n", at);
    const std::size_t colon = head->find(": ", at);
    std::string name = head->substr(at, colon - at);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.fields[name] = head->substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (answer.fields.contains("transfer-encoding")) {
    for (;;) {
      const auto line = readUntil("\r\n");
      if (!line) break;
      const auto size = static_cast<std::size_t>(std::strtoul(line->c_str(), nullptr, 16));
      while (m_in.size() < size + 2) {
        if (!fill()) {
          close();
          return std::nullopt;
        }
      }
      answer.body += m_in.substr(0, size);
      m_in.erase(0, size + 2);
      if (size == 0) return answer;
    }
    close();
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(std::atoll(answer.fields["content-length"].c_str()));
  while (m_in.size() < size) {
    if (!fill()) {
      close();
      return std::nullopt;
    }
  }
  answer.body = m_in.substr(0, size);
  m_in.erase(0, size);
  if (answer.fields["connection"] == "close") close();
  return answer;
}

}  // namespace sluice::test
