// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/http_head.h"

#include <charconv>

namespace sluice::net {

bool hasToken(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (equalsIgnoreCase(item, token)) return true;
  }
  return false;
}

bool hasToken(const HttpHead& head, std::string_view name, std::string_view token) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (equalsIgnoreCase(head[i].name, name) && hasToken(head[i].value, token)) return true;
  }
  return false;
}

void HttpHead::clear() {
  method.clear();
  target.clear();
  status = 0;
  version = 11;
  keepAlive = true;
  m_text.clear();
  m_fields.clear();
}

void HttpHead::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(m_text.size());
  m_text.append(name).append(value);
  m_fields.push_back({at, static_cast<std::uint32_t>(name.size()),
                      at + static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
}

std::optional<std::string_view> HttpHead::find(std::string_view name) const {
  for (std::size_t i = 0; i < m_fields.size(); ++i) {
    const Field field = (*this)[i];
    if (equalsIgnoreCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void appendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void appendNumber(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

std::string_view reasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 508:
      return "Loop Detected";
    default:
      return "Unknown";
  }
}

}  // namespace sluice::net
