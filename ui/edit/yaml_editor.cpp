// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/yaml_editor.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QToolTip>
#include <algorithm>

#include "ui/model/refusal_words.h"
#include "ui/style/theme.h"

namespace sluice::ui {

/// Keys, texts in quotes, numbers and remarks. A remark begins at a '#' outside of quotes.
class YamlColours final : public QSyntaxHighlighter {
 public:
  explicit YamlColours(QTextDocument* document) : QSyntaxHighlighter(document) {}

  void setDark(bool dark) {
    if (m_dark == dark) return;
    m_dark = dark;
    rehighlight();
  }

 protected:
  void highlightBlock(const QString& text) override {
    const auto colour = [this](QRgb light, QRgb dark) {
      QTextCharFormat format;
      format.setForeground(QColor::fromRgb(m_dark ? dark : light));
      return format;
    };
    const auto each = [&](const QRegularExpression& pattern, const QTextCharFormat& format) {
      for (auto it = pattern.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        setFormat(static_cast<int>(match.capturedStart(1)),
                  static_cast<int>(match.capturedLength(1)), format);
      }
    };
    static const QRegularExpression key(QStringLiteral("([A-Za-z_][\\w-]*)\\s*:(?=\\s|$)"));
    static const QRegularExpression number(QStringLiteral(
        "(?<=[\\s:\\[{,])(-?\\d+(?:\\.\\d+)?(?:ms|s|m|h|B|KiB|MiB|GiB)?)(?=[\\s,}\\]]|$)"));
    static const QRegularExpression quoted(
        QStringLiteral("('(?:[^']|'')*'|\"(?:[^\"\\\\]|\\\\.)*\")"));
    each(number, colour(0xFF8A4B00, 0xFFF2C14E));
    each(key, colour(0xFF005A8C, 0xFF7CC4F0));
    each(quoted, colour(0xFF00694C, 0xFF5FD0AC));
    QChar in;
    for (qsizetype i = 0; i < text.size(); ++i) {
      const QChar c = text[i];
      if (!in.isNull()) {
        if (c == in) in = {};
      } else if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
        // An apostrophe inside a word opens nothing.
        if (i == 0 || !text[i - 1].isLetterOrNumber()) in = c;
      } else if (c == QLatin1Char('#') && (i == 0 || text[i - 1].isSpace())) {
        setFormat(static_cast<int>(i), static_cast<int>(text.size() - i),
                  colour(0xFF6B6B6B, 0xFF9A9AA0));
        break;
      }
    }
  }

 private:
  bool m_dark = false;
};

class LineNumbers final : public QWidget {
 public:
  explicit LineNumbers(YamlEditor* editor) : QWidget(editor), m_editor(*editor) {}
  QSize sizeHint() const override { return {m_editor.numbersWidth(), 0}; }

 protected:
  void paintEvent(QPaintEvent* event) override { m_editor.paintNumbers(*this, event->rect()); }

 private:
  YamlEditor& m_editor;
};

YamlEditor::YamlEditor(QWidget* parent)
    : QPlainTextEdit(parent),
      m_numbers(new LineNumbers(this)),
      m_colours(new YamlColours(document())) {
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setLineWrapMode(NoWrap);
  // Tab goes on to the next control: YAML has no tabs.
  setTabChangesFocus(true);
  m_colours->setDark(isDark(palette()));
  connect(this, &QPlainTextEdit::blockCountChanged, this,
          [this] { setViewportMargins(numbersWidth(), 0, 0, 0); });
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& area, int dy) {
    if (dy != 0) {
      m_numbers->scroll(0, dy);
    } else {
      m_numbers->update(0, area.y(), m_numbers->width(), area.height());
    }
  });
  setViewportMargins(numbersWidth(), 0, 0, 0);
}

int YamlEditor::numbersWidth() const {
  const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
  return fontMetrics().horizontalAdvance(QLatin1Char('9')) * digits + 14;
}

void YamlEditor::paintNumbers(QWidget& on, const QRect& area) {
  QPainter painter(&on);
  painter.fillRect(area, palette().color(QPalette::AlternateBase));
  painter.setFont(font());
  for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
    const QRectF at = blockBoundingGeometry(block).translated(contentOffset());
    if (at.top() > area.bottom()) break;
    const int line = block.blockNumber() + 1;
    const bool bad = std::ranges::any_of(
        m_faults, [line](const config::Fault& fault) { return std::max(1, fault.line) == line; });
    painter.setPen(bad ? palette().color(QPalette::BrightText) : mutedText(palette()));
    const QString text = bad ? QStringLiteral("\u2717 %1").arg(line) : QString::number(line);
    painter.drawText(QRectF(0, at.top(), on.width() - 6, fontMetrics().height()), Qt::AlignRight,
                     text);
  }
}

void YamlEditor::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  const QRect area = contentsRect();
  m_numbers->setGeometry(area.left(), area.top(), numbersWidth(), area.height());
}

void YamlEditor::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) {
    m_colours->setDark(isDark(palette()));
    underline();
  }
  QPlainTextEdit::changeEvent(event);
}

bool YamlEditor::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const int line = cursorForPosition(viewport()->mapFrom(this, help->pos())).blockNumber() + 1;
    QStringList words;
    for (const config::Fault& fault : m_faults) {
      if (std::max(1, fault.line) == line) words << refusalWords(fault.message);
    }
    QToolTip::showText(help->globalPos(), words.join(QLatin1Char('\n')), this);
    return true;
  }
  return QPlainTextEdit::event(event);
}

void YamlEditor::replaceText(const QString& text) {
  const QString now = toPlainText();
  if (now == text) return;
  qsizetype head = 0;
  while (head < std::min(now.size(), text.size()) && now[head] == text[head]) ++head;
  qsizetype tail = 0;
  while (tail < std::min(now.size(), text.size()) - head &&
         now[now.size() - 1 - tail] == text[text.size() - 1 - tail]) {
    ++tail;
  }
  QTextCursor cursor(document());
  cursor.setPosition(static_cast<int>(head));
  cursor.setPosition(static_cast<int>(now.size() - tail), QTextCursor::KeepAnchor);
  cursor.insertText(text.sliced(head, text.size() - tail - head));
}

void YamlEditor::setFaults(const std::vector<config::Fault>& faults) {
  m_faults = faults;
  underline();
  m_numbers->update();
}

void YamlEditor::underline() {
  QList<QTextEdit::ExtraSelection> selections;
  for (const config::Fault& fault : m_faults) {
    QTextEdit::ExtraSelection selection;
    const QTextBlock block = document()->findBlockByNumber(std::max(1, fault.line) - 1);
    if (!block.isValid()) continue;
    selection.cursor = QTextCursor(block);
    const int column = std::clamp(fault.column - 1, 0, std::max(0, block.length() - 2));
    selection.cursor.setPosition(block.position() + column);
    selection.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    if (!selection.cursor.hasSelection()) selection.cursor.select(QTextCursor::LineUnderCursor);
    selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    selection.format.setUnderlineColor(palette().color(QPalette::BrightText));
    selections.append(selection);
  }
  setExtraSelections(selections);
}

void YamlEditor::goTo(int line, int column) {
  const QTextBlock block = document()->findBlockByNumber(std::max(1, line) - 1);
  if (!block.isValid()) return;
  QTextCursor cursor(block);
  cursor.setPosition(block.position() + std::clamp(column - 1, 0, std::max(0, block.length() - 1)));
  setTextCursor(cursor);
  centerCursor();
}

}  // namespace sluice::ui
