// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/connect_page.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFontDatabase>
#include <QFrame>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLocale>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/edit/config_edits.h"
#include "ui/edit/provider_dialog.h"
#include "ui/model/snippets.h"
#include "ui/style/copied.h"

namespace sluice::ui {

namespace {
constexpr int kTestMs = 60'000;

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont font = label->font();
  font.setBold(true);
  font.setPointSizeF(font.pointSizeF() * 1.15);
  label->setFont(font);
  return label;
}
}  // namespace

ConnectPage::ConnectPage(const PageContext& context)
    : m_engine(context.engine),
      m_edits(context.edits),
      m_banner(new QFrame),
      m_status(new QLabel),
      m_barred(new QLabel),
      m_answer(new QLabel),
      m_send(new QPushButton(tr("Send &test request"))),
      m_tour(new QPushButton(tr("&Play 60-second tour"))),
      m_sdk(new QTabBar),
      m_language(new QTabBar),
      m_text(new QPlainTextEdit),
      m_copy(new QPushButton(tr("&Copy"))),
      m_base(new QLabel) {
  setObjectName(QStringLiteral("connectPage"));
  m_banner->setObjectName(QStringLiteral("demoBanner"));
  m_banner->setFrameShape(QFrame::StyledPanel);
  auto* bannerText =
      new QLabel(tr("<b>DEMO</b>: answers come from the built-in mock providers; nothing leaves "
                    "this machine and no key is needed."));
  bannerText->setWordWrap(true);
  auto* add = new QPushButton(tr("&Add a provider\u2026"));
  add->setObjectName(QStringLiteral("connectAddProvider"));
  connect(add, &QPushButton::clicked, this, [this] { ProviderDialog(m_edits, {}, this).exec(); });
  auto* bannerRow = new QHBoxLayout(m_banner);
  bannerRow->addWidget(bannerText, 1);
  bannerRow->addWidget(add);

  m_status->setObjectName(QStringLiteral("connectStatus"));
  QFont large = m_status->font();
  large.setPointSizeF(large.pointSizeF() * 1.3);
  m_status->setFont(large);
  m_barred->setObjectName(QStringLiteral("connectBarred"));
  m_barred->setWordWrap(true);
  m_barred->setForegroundRole(QPalette::BrightText);
  m_barred->hide();
  m_answer->setObjectName(QStringLiteral("connectAnswer"));
  m_answer->setWordWrap(true);
  m_answer->setForegroundRole(QPalette::PlaceholderText);
  m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  m_send->setObjectName(QStringLiteral("connectSend"));
  m_tour->setObjectName(QStringLiteral("connectTour"));
  m_base->setObjectName(QStringLiteral("connectBase"));
  m_base->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  m_sdk->setObjectName(QStringLiteral("connectSdk"));
  m_sdk->setAccessibleName(tr("SDK"));
  m_sdk->setExpanding(false);
  m_sdk->setUsesScrollButtons(false);  // all are seen, or they are not found
  m_sdk->setDrawBase(false);
  m_language->setObjectName(QStringLiteral("connectLanguage"));
  m_language->setAccessibleName(tr("Language or shell"));
  m_language->setExpanding(false);
  m_language->setUsesScrollButtons(false);
  m_language->setDrawBase(false);
  m_text->setObjectName(QStringLiteral("connectSnippet"));
  m_text->setAccessibleName(tr("Text to paste"));
  m_text->setReadOnly(true);
  m_text->setTabChangesFocus(true);
  m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
  m_text->setMinimumHeight(m_text->fontMetrics().lineSpacing() * 9);
  m_copy->setObjectName(QStringLiteral("connectCopy"));
  m_copy->setAccessibleName(tr("Copy this text"));

  auto* actions = new QHBoxLayout;
  actions->addWidget(m_send);
  actions->addWidget(m_tour);
  actions->addStretch();
  auto* languages = new QHBoxLayout;
  languages->addWidget(m_language);
  languages->addStretch();
  languages->addWidget(m_copy);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(24, 18, 24, 18);
  layout->setSpacing(10);
  layout->addWidget(m_banner);
  layout->addWidget(m_status);
  layout->addLayout(actions);
  layout->addWidget(m_barred);
  layout->addWidget(m_answer);
  layout->addSpacing(10);
  layout->addWidget(heading(tr("Point a client here")));
  layout->addWidget(m_base);
  layout->addWidget(m_sdk, 0, Qt::AlignLeft);
  layout->addLayout(languages);
  layout->addWidget(m_text, 1);

  connect(m_sdk, &QTabBar::currentChanged, this, &ConnectPage::fill);
  connect(m_language, &QTabBar::currentChanged, this, &ConnectPage::fill);
  connect(m_copy, &QPushButton::clicked, this, [this] {
    QApplication::clipboard()->setText(m_text->toPlainText());
    showCopied(*m_copy);
  });
  connect(m_send, &QPushButton::clicked, this, &ConnectPage::sendTest);
  connect(m_tour, &QPushButton::clicked, this, &Page::tourWanted);
}

bool ConnectPage::mockOnly() const {
  const auto config = m_engine.config();
  return config && std::ranges::all_of(config->providers, [](const config::Provider& p) {
           return p.dialect == config::Dialect::Mock;
         });
}

void ConnectPage::showConfig(const config::Config& config, const QString& url) {
  m_banner->setVisible(mockOnly());
  m_send->setToolTip(mockOnly() ? tr("Goes to a built-in provider: it costs nothing.")
                                : tr("Goes to a real provider: it may cost money."));
  m_url = url;
  m_keyed = !config.server.clientKeys.empty();
  m_model = exampleModel(config);
  fill();
}

void ConnectPage::fill() {
  if (m_url.isEmpty()) return;
  const auto all = sdkSnippets(m_url, m_model);
  const QSignalBlocker quietSdk(m_sdk), quietLanguage(m_language);
  if (m_sdk->count() == 0) {
    for (const SdkSnippets& sdk : all) m_sdk->addTab(sdk.sdk);
  }
  const auto& chosen = all[static_cast<std::size_t>(std::max(0, m_sdk->currentIndex()))];
  if (m_language->count() == 0) {
    for (const Snippet& snippet : chosen.snippets) m_language->addTab(snippet.name);
  }
  // A bar that is filled before it is seen does not ask for its room.
  for (QTabBar* bar : {m_sdk, m_language}) bar->updateGeometry();
  const auto language = static_cast<std::size_t>(std::max(0, m_language->currentIndex()));
  m_text->setPlainText(
      chosen.snippets[std::min(language, chosen.snippets.size() - 1)].text.trimmed());
  const bool openAi = chosen.sdk == QLatin1String("OpenAI");
  const QString base = openAi ? m_url + QStringLiteral("/v1") : m_url;
  m_base->setText(tr("Base URL <b>%1</b>, model <b>%2</b>.").arg(base, m_model.toHtmlEscaped()) +
                  QLatin1Char(' ') +
                  (m_keyed ? tr("Put one of the client keys where it says <b>sluice</b>.")
                           : tr("Any API key will do.")));
}

void ConnectPage::show(const EngineSnapshot& snapshot, const SnapshotHistory&) {
  showWhatMay(snapshot);
  QString words;
  if (!snapshot.running) {
    words = tr("\u25A0 The gateway is stopped. Start it above.");
  } else if (snapshot.requests.started == 0) {
    words = tr("\u25CC Listening on %1, nothing yet.").arg(m_url);
  } else {
    const QLocale locale;
    words = tr("\u2713 Requests that have come: %1. Answered well: %2.")
                .arg(locale.toString(static_cast<qulonglong>(snapshot.requests.started)),
                     locale.toString(static_cast<qulonglong>(snapshot.requests.ok)));
  }
  if (words == m_statusWords) return;
  const bool turned = words.left(1) != m_statusWords.left(1);
  m_statusWords = words;
  m_status->setText(words);
  if (turned) {
    // Told when it turns, not with every count.
    QAccessibleEvent told(m_status, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&told);
  }
}

/// What would be refused is not offered, and the reason is told.
void ConnectPage::showWhatMay(const EngineSnapshot& snapshot) {
  const bool admitted = m_engine.ownKey(m_model.toStdString()).has_value();
  m_send->setEnabled(snapshot.running && admitted);
  m_tour->setEnabled(snapshot.demoBar == DemoBar::None);
  m_tour->setToolTip(snapshot.demoBar == DemoBar::NoMock
                         ? tr("The tour needs a route to providers of dialect mock alone.")
                         : tr("Shows traffic, a breaker that opens and how it recovers, on a "
                              "built-in provider. It changes nothing."));
  const bool keyless = snapshot.demoBar == DemoBar::NoKey;
  m_barred->setVisible(!admitted || keyless);
  m_barred->setText(!admitted && keyless
                        ? tr("\u2717 No test request and no tour: who asks needs a client key, and "
                             "none that may ask here can be read. See server.client_keys.")
                    : admitted
                        ? tr("\u2717 No tour: no client key that may ask a built-in provider "
                             "can be read. See server.client_keys.")
                        : tr("\u2717 No test request: no client key that may ask for %1 can "
                             "be read. See server.client_keys.")
                              .arg(m_model));
}

void ConnectPage::sendTest() {
  const auto key = m_engine.ownKey(m_model.toStdString());
  if (!key) return;
  QNetworkRequest request(QUrl(m_url + QStringLiteral("/v1/chat/completions")));
  request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
  if (!key->empty()) {
    request.setRawHeader("Authorization", QByteArray("Bearer ") + QByteArray::fromStdString(*key));
  }
  request.setTransferTimeout(kTestMs);
  const QJsonObject body{
      {QStringLiteral("model"), m_model},
      {QStringLiteral("max_tokens"), 64},
      {QStringLiteral("messages"),
       QJsonArray{QJsonObject{{QStringLiteral("role"), QStringLiteral("user")},
                              {QStringLiteral("content"), QStringLiteral("Hello")}}}}};
  m_answer->setForegroundRole(QPalette::PlaceholderText);
  m_answer->setText(tr("Asking for %1\u2026").arg(m_model));
  QElapsedTimer since;
  since.start();
  QNetworkReply* reply = m_network.post(request, QJsonDocument(body).toJson());
  connect(reply, &QNetworkReply::finished, this, [this, reply, since] {
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString provider = QString::fromLatin1(reply->rawHeader("x-sluice-provider"));
    const QJsonObject json = QJsonDocument::fromJson(reply->readAll()).object();
    m_answer->setForegroundRole(status == 200 ? QPalette::PlaceholderText : QPalette::BrightText);
    if (status == 200) {
      m_answer->setText(tr("\u2713 %1 answered in %2: \u201C%3\u201D")
                            .arg(provider,
                                 spanText(static_cast<std::uint64_t>(since.elapsed()) * 1000),
                                 json[QLatin1String("choices")][0][QLatin1String("message")]
                                     [QLatin1String("content")]
                                         .toString()
                                         .simplified()
                                         .left(160)));
    } else if (status > 0) {
      m_answer->setText(
          tr("\u2717 %1: %2")
              .arg(status)
              .arg(json[QLatin1String("error")][QLatin1String("message")].toString()));
    } else {
      m_answer->setText(tr("\u2717 %1").arg(reply->errorString()));
    }
  });
}

}  // namespace sluice::ui
