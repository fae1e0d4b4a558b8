// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/connect_page.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/model/snippets.h"

namespace sluice::ui {

ConnectPage::ConnectPage(const PageContext&) : m_list(new QVBoxLayout) {
  setObjectName(QStringLiteral("connectPage"));
  auto* content = new QWidget;
  content->setLayout(m_list);
  m_list->setContentsMargins(14, 12, 14, 12);
  m_list->setSpacing(6);
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("connectScroll"));
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(scroll);
}

void ConnectPage::showConfig(const config::Config& config, const QString& url) {
  if (!url.isEmpty()) show(url, exampleModel(config));
}

void ConnectPage::show(const QString& url, const QString& model) {
  if (url == m_url && model == m_model) return;
  m_url = url;
  m_model = model;
  while (QLayoutItem* item = m_list->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  auto* lead =
      new QLabel(tr("Point an OpenAI SDK at this address; any API key will do, the gateway "
                    "uses the providers' own."));
  lead->setWordWrap(true);
  m_list->addWidget(lead);
  const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  for (const Snippet& snippet : snippets(url, model)) {
    auto* row = new QWidget;
    auto* top = new QHBoxLayout(row);
    top->setContentsMargins(0, 6, 0, 0);
    auto* title = new QLabel(snippet.name);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    auto* copy = new QPushButton(tr("Copy"));
    copy->setObjectName(QStringLiteral("copy_") + snippet.name);
    copy->setAccessibleName(tr("Copy %1").arg(snippet.name));
    connect(copy, &QPushButton::clicked, this,
            [text = snippet.text] { QApplication::clipboard()->setText(text); });
    top->addWidget(title);
    top->addStretch();
    top->addWidget(copy);
    m_list->addWidget(row);
    auto* text = new QPlainTextEdit(snippet.text.trimmed());
    text->setObjectName(QStringLiteral("snippet_") + snippet.name);
    text->setAccessibleName(snippet.name);
    text->setReadOnly(true);
    text->setFont(fixed);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const auto lines = static_cast<int>(snippet.text.trimmed().count(QLatin1Char('\n'))) + 1;
    text->setFixedHeight(lines * QFontMetrics(fixed).lineSpacing() + 14);
    m_list->addWidget(text);
  }
  m_list->addStretch();
}

}  // namespace sluice::ui
