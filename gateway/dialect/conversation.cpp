// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect/conversation.h"

#include <array>

namespace sluice::dialect {

namespace {

constexpr std::array<std::uint64_t, 5> kBudgets = {0, 1024, 4096, 8192, 16384};

}  // namespace

void Dropped::add(std::string_view name) {
  std::string kept(name.substr(0, kLongestName));
  for (char& c : kept) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.' || c == '-';
    if (!plain) c = '?';
  }
  if (m_names.size() >= kMostNames) kept = "...";
  if (std::ranges::find(m_names, kept) == m_names.end()) m_names.push_back(std::move(kept));
}

std::uint64_t budgetOf(Effort effort) {
  return kBudgets[static_cast<std::size_t>(effort)];
}

Effort effortOf(std::uint64_t budget) {
  for (std::size_t i = 0; i + 1 < kBudgets.size(); ++i) {
    if (budget <= kBudgets[i]) return static_cast<Effort>(i);
  }
  return Effort::High;
}

ErrorKind errorKindOf(int status) {
  switch (status) {
    case 401:
      return ErrorKind::Authentication;
    case 402:
      return ErrorKind::Billing;
    case 403:
      return ErrorKind::Permission;
    case 404:
      return ErrorKind::NotFound;
    case 408:
    case 504:
      return ErrorKind::Timeout;
    case 413:
      return ErrorKind::TooLarge;
    case 429:
      return ErrorKind::RateLimit;
    case 503:
    case 529:
      return ErrorKind::Overloaded;
    default:
      return status >= 400 && status < 500 ? ErrorKind::InvalidRequest : ErrorKind::Server;
  }
}

int statusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidRequest:
      return 400;
    case ErrorKind::Authentication:
      return 401;
    case ErrorKind::Billing:
      return 402;
    case ErrorKind::Permission:
      return 403;
    case ErrorKind::NotFound:
      return 404;
    case ErrorKind::TooLarge:
      return 413;
    case ErrorKind::RateLimit:
      return 429;
    case ErrorKind::Overloaded:
      return 503;
    case ErrorKind::Timeout:
      return 504;
    case ErrorKind::Server:
      break;
  }
  return 502;
}

}  // namespace sluice::dialect
