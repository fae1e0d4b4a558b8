// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;                           ///< chunked coding removed
};

/// A plain blocking HTTP/1.1 client for tests, on a socket of its own: shares no code with what it
/// tests. One request at a time over one kept connection. Confined to one thread.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : m_port(port) {}
  ~HttpClient() { close(); }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Nothing when the connection broke before the answer was whole.
  std::optional<Answer> request(std::string_view method, std::string_view path,
                                std::string_view body = {});
  std::optional<Answer> chat(std::string_view model, bool stream = false);

  /// Sends and does not read.
  bool send(std::string_view bytes);
  /// Reads up to `until` appears; nothing when the connection ends first.
  std::optional<std::string> readUntil(std::string_view until);
  /// Everything up to the end of the connection.
  std::string readAll();
  void close();

 private:
  bool connect();
  bool fill();

  std::uint16_t m_port;
  int m_socket = -1;
  std::string m_in;
};

std::string chatRequest(std::string_view model, bool stream);

}  // namespace sluice::test
