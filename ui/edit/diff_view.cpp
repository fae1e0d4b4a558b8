// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/diff_view.h"

#include <QEvent>
#include <QFontDatabase>
#include <QTextBlock>
#include <QTextOption>

#include "ui/model/line_diff.h"
#include "ui/style/theme.h"

namespace sluice::ui {

DiffView::DiffView(QWidget* parent) : QPlainTextEdit(parent) {
  setReadOnly(true);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  setTabChangesFocus(true);
}

void DiffView::show(const QString& from, const QString& to, const QString& same) {
  if (from == m_from && to == m_to && same == m_same) return;
  m_from = from;
  m_to = to;
  m_same = same;
  draw();
}

void DiffView::draw() {
  clear();
  const auto lines = lineDiff(m_from, m_to);
  if (lines.empty()) {
    setPlainText(m_same);
    return;
  }
  const bool dark = isDark(palette());
  QTextCursor cursor(document());
  bool first = true;
  for (const DiffLine& line : lines) {
    QTextBlockFormat block;
    QTextCharFormat letters;
    QString mark = QStringLiteral("  ");
    if (line.kind == DiffLine::Kind::Gone) {
      mark = QStringLiteral("- ");
      block.setBackground(QColor::fromRgb(dark ? 0xFF4A2A18 : 0xFFFBE3D6));
    } else if (line.kind == DiffLine::Kind::Come) {
      mark = QStringLiteral("+ ");
      block.setBackground(QColor::fromRgb(dark ? 0xFF17362B : 0xFFDDF2E8));
    } else if (line.kind == DiffLine::Kind::Skipped) {
      mark = QStringLiteral("\u22EF");
    }
    letters.setForeground(line.kind == DiffLine::Kind::Skipped ? mutedText(palette())
                                                               : palette().color(QPalette::Text));
    if (!first) cursor.insertBlock();
    cursor.setBlockFormat(block);
    cursor.insertText(mark + line.text, letters);
    first = false;
  }
  moveCursor(QTextCursor::Start);
}

void DiffView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) draw();
  QPlainTextEdit::changeEvent(event);
}

}  // namespace sluice::ui
