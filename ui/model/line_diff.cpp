// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/line_diff.h"

#include <algorithm>
#include <limits>

namespace sluice::ui {

namespace {
/// Beyond this many comparisons the middle is shown as replaced.
constexpr qsizetype kMostWork = 16'000'000;

/// Lines [from, to) of a text that others stand for.
struct Piece {
  qsizetype from = 0;
  qsizetype to = 0;
  QStringList lines;
  bool operator==(const Piece&) const = default;
};

std::vector<Piece> piecesOf(const QString& base, const QString& text) {
  std::vector<Piece> pieces;
  qsizetype at = 0;
  bool open = false;
  for (const DiffLine& line : lineDiff(base, text, std::numeric_limits<int>::max())) {
    if (line.kind == DiffLine::Kind::Same) {
      open = false;
      ++at;
      continue;
    }
    if (!open) pieces.push_back({at, at, {}});
    open = true;
    if (line.kind == DiffLine::Kind::Gone) {
      pieces.back().to = ++at;
    } else {
      pieces.back().lines << line.text;
    }
  }
  return pieces;
}
}  // namespace

std::vector<DiffLine> lineDiff(const QString& from, const QString& to, int context) {
  if (from == to) return {};
  const QStringList a = from.split(QLatin1Char('\n'));
  const QStringList b = to.split(QLatin1Char('\n'));
  qsizetype head = 0;
  while (head < std::min(a.size(), b.size()) && a[head] == b[head]) ++head;
  qsizetype tail = 0;
  while (tail < std::min(a.size(), b.size()) - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  std::vector<DiffLine> all;
  for (qsizetype i = 0; i < head; ++i) all.push_back({DiffLine::Kind::Same, a[i]});
  const qsizetype n = a.size() - head - tail, m = b.size() - head - tail;
  // Longest common subsequence of what is between.
  std::vector<std::vector<int>> common;
  const bool looked = n * m <= kMostWork;
  if (looked) {
    common.assign(static_cast<std::size_t>(n) + 1,
                  std::vector<int>(static_cast<std::size_t>(m) + 1, 0));
    for (qsizetype i = n; i-- > 0;) {
      for (qsizetype j = m; j-- > 0;) {
        const auto x = static_cast<std::size_t>(i), y = static_cast<std::size_t>(j);
        common[x][y] = a[head + i] == b[head + j] ? common[x + 1][y + 1] + 1
                                                  : std::max(common[x + 1][y], common[x][y + 1]);
      }
    }
  }
  qsizetype i = 0, j = 0;
  while (i < n || j < m) {
    const auto x = static_cast<std::size_t>(i), y = static_cast<std::size_t>(j);
    if (looked && i < n && j < m && a[head + i] == b[head + j]) {
      all.push_back({DiffLine::Kind::Same, a[head + i]});
      ++i, ++j;
    } else if (i < n && (j == m || !looked || common[x + 1][y] >= common[x][y + 1])) {
      all.push_back({DiffLine::Kind::Gone, a[head + i++]});
    } else {
      all.push_back({DiffLine::Kind::Come, b[head + j++]});
    }
  }
  for (qsizetype k = a.size() - tail; k < a.size(); ++k) {
    all.push_back({DiffLine::Kind::Same, a[k]});
  }
  std::vector<bool> shown(all.size(), false);
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all[k].kind == DiffLine::Kind::Same) continue;
    const std::size_t first = k - std::min(k, static_cast<std::size_t>(context));
    const std::size_t last = std::min(all.size() - 1, k + static_cast<std::size_t>(context));
    std::fill(shown.begin() + static_cast<std::ptrdiff_t>(first),
              shown.begin() + static_cast<std::ptrdiff_t>(last) + 1, true);
  }
  std::vector<DiffLine> out;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (shown[k]) {
      out.push_back(std::move(all[k]));
    } else if (out.empty() || out.back().kind != DiffLine::Kind::Skipped) {
      out.push_back({DiffLine::Kind::Skipped, {}});
    }
  }
  return out;
}

std::optional<QString> mergeLines(const QString& base, const QString& mine, const QString& theirs) {
  std::vector<Piece> all = piecesOf(base, mine);
  for (Piece& piece : piecesOf(base, theirs)) {
    if (std::ranges::find(all, piece) == all.end()) all.push_back(std::move(piece));
  }
  std::ranges::sort(all, {}, &Piece::from);
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].from <= all[i - 1].to) return std::nullopt;
  }
  QStringList lines = base.split(QLatin1Char('\n'));
  for (auto piece = all.rbegin(); piece != all.rend(); ++piece) {
    lines = lines.first(piece->from) + piece->lines + lines.sliced(piece->to);
  }
  return lines.join(QLatin1Char('\n'));
}

}  // namespace sluice::ui
