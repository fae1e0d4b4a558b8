// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

namespace sluice::ui {

struct DiffLine {
  enum class Kind : std::uint8_t { Same, Gone, Come, Skipped };
  Kind kind = Kind::Same;
  QString text;  ///< of Skipped: empty
  bool operator==(const DiffLine&) const = default;
};

/// The fewest lines that went and came, with `context` lines around; longer runs of equal lines are one
/// Skipped. Empty: the texts are equal. Pure.
std::vector<DiffLine> lineDiff(const QString& from, const QString& to, int context = 3);

/// `mine` with what `theirs` changed of `base`, by the line. Nothing where both changed the same lines,
/// or lines next to each other. Pure.
std::optional<QString> mergeLines(const QString& base, const QString& mine, const QString& theirs);

}  // namespace sluice::ui
