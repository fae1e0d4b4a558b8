// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/edit/provider_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "gateway/config/presets.h"
#include "gateway/config/text_edit.h"
#include "gateway/config/yaml.h"
#include "ui/edit/config_edits.h"
#include "ui/model/refusal_words.h"

namespace sluice::ui {

namespace {

constexpr int kTestMs = 10'000;

std::string jsonOf(const QString& text) {
  const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
  return list.mid(1, list.size() - 2).toStdString();
}

}  // namespace

std::vector<ProviderDialog::Preset> ProviderDialog::presets() {
  std::vector<Preset> all;
  const auto text = [](const std::string& from) { return QString::fromStdString(from); };
  for (const config::Preset& known : config::presets()) {
    const config::Provider& p = known.provider;
    all.push_back({text(known.name), text(known.title), QLatin1String(config::wordOf(p.dialect)),
                   text(p.baseUrl.empty() ? known.address : p.baseUrl),
                   known.keys.empty() ? QString() : text(known.keys.front()), text(p.keyHeader),
                   p.baseUrl.empty()});
  }
  all.push_back(
      {{}, tr("Mock: built in, for trying out"), QStringLiteral("mock"), {}, {}, {}, false});
  return all;
}

ProviderDialog::ProviderDialog(ConfigEdits& edits, const QString& id, QWidget* parent)
    : QDialog(parent),
      m_edits(edits),
      m_existing(id),
      m_presets(presets()),
      m_preset(new QComboBox),
      m_id(new QLineEdit),
      m_dialect(new QComboBox),
      m_url(new QLineEdit),
      m_keyKind(new QComboBox),
      m_key(new QLineEdit),
      m_secret(new QLineEdit),
      m_route(new QCheckBox),
      m_fault(new QLabel),
      m_testResult(new QLabel),
      m_test(new QPushButton(tr("&Test connection"))) {
  setObjectName(QStringLiteral("providerDialog"));
  setWindowTitle(id.isEmpty() ? tr("Add a provider") : tr("Provider %1").arg(id));
  setMinimumWidth(560);
  const auto name = [](QWidget* widget, const char* objectName, const QString& title) {
    widget->setObjectName(QString::fromLatin1(objectName));
    widget->setAccessibleName(title);
  };
  name(m_preset, "providerPreset", tr("Service"));
  name(m_id, "providerId", tr("Id"));
  name(m_dialect, "providerDialect", tr("Dialect"));
  name(m_url, "providerUrl", tr("Base URL"));
  name(m_keyKind, "providerKeyKind", tr("Where the key is"));
  name(m_key, "providerKey", tr("Name of the key"));
  name(m_route, "providerRoute", tr("Also make a route"));
  name(m_fault, "providerFault", tr("What is wrong"));
  name(m_testResult, "providerTestResult", tr("Result of the test"));
  name(m_test, "providerTest", tr("Test the connection"));
  m_preset->addItem(tr("By hand"));
  for (const Preset& preset : m_presets) m_preset->addItem(preset.title);
  m_dialect->addItems({QStringLiteral("openai"), QStringLiteral("anthropic"),
                       QStringLiteral("gemini"), QStringLiteral("mock")});
  m_keyKind->addItem(tr("none"), QString());
  m_keyKind->addItem(tr("environment variable"), QStringLiteral("env:"));
  m_keyKind->addItem(tr("file"), QStringLiteral("file:"));
  if (m_edits.engine().keychain()) {
    m_keyKind->addItem(tr("keychain of the desktop"), QStringLiteral("keychain:"));
  }
  name(m_secret, "providerSecret", tr("The key itself, for the keychain"));
  m_secret->setEchoMode(QLineEdit::Password);
  m_url->setPlaceholderText(QStringLiteral("https://api.example.com/v1"));
  m_fault->setWordWrap(true);
  m_fault->setForegroundRole(QPalette::BrightText);
  m_testResult->setWordWrap(true);

  auto* form = new QFormLayout;
  if (id.isEmpty()) form->addRow(tr("&Service"), m_preset);
  form->addRow(tr("&Id"), m_id);
  form->addRow(tr("&Dialect"), m_dialect);
  form->addRow(tr("&Base URL"), m_url);
  auto* key = new QHBoxLayout;
  key->addWidget(m_keyKind);
  key->addWidget(m_key, 1);
  auto* keyTitle = new QLabel(tr("&Key"));
  keyTitle->setBuddy(m_keyKind);
  form->addRow(keyTitle, key);
  form->addRow(tr("Key i&tself"), m_secret);
  auto* hint = new QLabel(tr("The key itself is never written into the config, only where it is."));
  hint->setForegroundRole(QPalette::PlaceholderText);
  hint->setWordWrap(true);
  form->addRow({}, hint);
  if (id.isEmpty()) form->addRow({}, m_route);
  auto* testing = new QHBoxLayout;
  testing->addWidget(m_test);
  auto* cost =
      new QLabel(tr("Asks for the list of models, which is free with the services known "
                    "here; with others it may cost money."));
  cost->setForegroundRole(QPalette::PlaceholderText);
  cost->setWordWrap(true);
  testing->addWidget(cost, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  m_save =
      buttons->addButton(id.isEmpty() ? tr("&Add") : tr("&Save"), QDialogButtonBox::AcceptRole);
  m_save->setObjectName(QStringLiteral("providerSave"));
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(form);
  layout->addLayout(testing);
  layout->addWidget(m_testResult);
  layout->addWidget(m_fault);
  layout->addStretch();
  layout->addWidget(buttons);

  if (id.isEmpty()) {
    m_route->setChecked(true);
    connect(m_preset, &QComboBox::currentIndexChanged, this, &ProviderDialog::usePreset);
  } else {
    m_route->setChecked(false);
    m_id->setText(id);
    m_id->setEnabled(false);
    m_dialect->setEnabled(false);
    const auto config = m_edits.engine().config();
    const auto p = std::ranges::find(config->providers, id.toStdString(), &config::Provider::id);
    if (p != config->providers.end()) {
      m_url->setText(QString::fromStdString(p->baseUrl));
      m_dialect->setCurrentText(QLatin1String(config::wordOf(p->dialect)));
      m_used.keyHeader = QString::fromStdString(p->keyHeader);
      const QString reference = QString::fromStdString(p->apiKey);
      const qsizetype colon = reference.indexOf(QLatin1Char(':'));
      m_keyKind->setCurrentIndex(std::max(0, m_keyKind->findData(reference.left(colon + 1))));
      m_key->setText(reference.mid(colon + 1));
    }
  }
  const auto edited = [this] {
    m_edited = true;
    checkForm();
  };
  for (QLineEdit* edit : {m_id, m_url, m_key}) {
    connect(edit, &QLineEdit::textChanged, this, edited);
  }
  connect(m_dialect, &QComboBox::currentIndexChanged, this, edited);
  connect(m_keyKind, &QComboBox::currentIndexChanged, this, edited);
  connect(m_test, &QPushButton::clicked, this, &ProviderDialog::test);
  connect(buttons, &QDialogButtonBox::accepted, this, &ProviderDialog::save);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  checkForm();
}

void ProviderDialog::usePreset(int index) {
  m_used = index > 0 ? m_presets[static_cast<std::size_t>(index) - 1] : Preset();
  if (index == 0) return;
  m_id->setText(m_used.name.isEmpty() ? m_used.dialect : m_used.name);
  m_dialect->setCurrentText(m_used.dialect);
  m_url->setText(m_used.baseUrl);
  m_keyKind->setCurrentIndex(m_used.variable.isEmpty() ? 0 : 1);
  m_key->setText(m_used.variable);
}

std::vector<config::Change> ProviderDialog::changes() const {
  const QString id = m_id->text().trimmed();
  const bool mock = m_dialect->currentText() == QLatin1String("mock");
  const QString kind = m_keyKind->currentData().toString();
  const QString reference = kind.isEmpty() ? QString() : kind + m_key->text().trimmed();
  const std::string path = config::elementPath("providers", id.toStdString());
  std::vector<config::Change> changes;
  if (!m_existing.isEmpty()) {
    if (!mock) changes.push_back({path + ".base_url", {}, jsonOf(m_url->text().trimmed())});
    if (!mock) {
      changes.push_back({path + ".api_key",
                         {},
                         reference.isEmpty() ? std::nullopt : std::optional(jsonOf(reference))});
    }
    return changes;
  }
  // In the order in which people read it; what the preset says is not said again.
  const QString url = m_url->text().trimmed();
  const bool known = !m_used.name.isEmpty() && m_dialect->currentText() == m_used.dialect;
  std::string json = "{\"id\":" + jsonOf(id);
  json += known ? ",\"preset\":" + jsonOf(m_used.name)
                : ",\"dialect\":" + jsonOf(m_dialect->currentText());
  if (!mock && (!known || url != m_used.baseUrl || m_used.ownAddress)) {
    json += ",\"base_url\":" + jsonOf(url);
  }
  const QString usual =
      m_used.variable.isEmpty() ? QString() : QStringLiteral("env:") + m_used.variable;
  if (!mock && !reference.isEmpty() && !(known && reference == usual)) {
    json += ",\"api_key\":" + jsonOf(reference);
  }
  changes.push_back({path, {}, json + "}"});
  if (m_route->isChecked()) {
    const std::string model = id.toStdString() + "/*";
    changes.push_back({config::elementPath("routes", model),
                       {},
                       "{\"model\":" + jsonOf(id + QStringLiteral("/*")) +
                           ",\"targets\":[{\"provider\":" + jsonOf(id) + "}]}"});
  }
  return changes;
}

void ProviderDialog::checkForm() {
  const QString id = m_id->text().trimmed();
  const bool mock = m_dialect->currentText() == QLatin1String("mock");
  m_url->setEnabled(!mock);
  m_keyKind->setEnabled(!mock);
  const bool hasKey = !mock && m_keyKind->currentIndex() > 0;
  m_key->setEnabled(hasKey);
  const bool chained = hasKey && m_keyKind->currentData() == QLatin1String("keychain:");
  m_secret->setEnabled(chained);
  m_secret->setPlaceholderText(chained ? tr("empty: what the keychain has already")
                                       : tr("only for the keychain"));
  m_key->setPlaceholderText(m_keyKind->currentData() == QLatin1String("file:")
                                ? QStringLiteral("/path/to/key")
                                : QStringLiteral("OPENAI_API_KEY"));
  m_route->setText(tr("Also make a route: clients ask for \u201C%1/MODEL\u201D")
                       .arg(id.isEmpty() ? tr("ID") : id));
  QString fault = m_edits.readOnly();
  const QString key = m_key->text().trimmed();
  static const QRegularExpression variable(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
  if (fault.isEmpty() && chained && key.isEmpty()) {
    fault = tr("The name under which the keychain has the key is missing.");
  }
  if (fault.isEmpty() && hasKey && m_keyKind->currentData() == QLatin1String("env:") &&
      !variable.match(key).hasMatch()) {
    fault = key.isEmpty() ? tr("The name of the environment variable is missing.")
                          : tr("This is not the name of an environment variable. The key itself is "
                               "never written into the config: put it into a variable.");
  }
  const auto config = m_edits.engine().config();
  if (fault.isEmpty() && id.isEmpty()) fault = tr("A provider needs an id.");
  if (fault.isEmpty() && m_existing.isEmpty() && config &&
      std::ranges::find(config->providers, id.toStdString(), &config::Provider::id) !=
          config->providers.end()) {
    fault = tr("There is a provider \u201C%1\u201D already.").arg(id);
  }
  if (fault.isEmpty()) {
    std::string text = m_edits.engine().configText();
    for (const config::Change& change : changes()) {
      config::EditedText edited = config::editText(text, change);
      if (!edited.text) {
        fault = refusalWords(edited.problem);
        break;
      }
      text = std::move(*edited.text);
    }
    const config::ReadResult read = config::readYaml(text);
    if (fault.isEmpty() && !read.config) {
      fault = refusalWords(read.faults.front().message);
    }
  }
  // A form nobody has touched is empty, not wrong.
  const bool told = m_edited || !m_edits.readOnly().isEmpty();
  m_sound = fault.isEmpty();
  m_fault->setText(told ? fault : QString());
  m_save->setEnabled(m_sound || !told);
  m_test->setEnabled(!mock && !m_url->text().trimmed().isEmpty());
}

void ProviderDialog::test() {
  QNetworkRequest request(QUrl(m_url->text().trimmed() + QStringLiteral("/models")));
  request.setTransferTimeout(kTestMs);
  const QString kind = m_keyKind->currentData().toString();
  QByteArray key;
  if (kind == QLatin1String("env:")) {
    key = qgetenv(m_key->text().trimmed().toLocal8Bit().constData());
    if (key.isEmpty()) {
      m_testResult->setText(
          tr("\u2717 The environment variable %1 is not set.").arg(m_key->text()));
      return;
    }
  } else if (kind == QLatin1String("keychain:")) {
    key = m_secret->text().toUtf8();
    if (key.isEmpty()) {
      m_testResult->setText(tr("\u2717 For the test, the key itself is needed here."));
      return;
    }
  } else if (kind == QLatin1String("file:")) {
    QFile file(m_key->text().trimmed());
    if (file.open(QIODevice::ReadOnly)) key = file.readLine().trimmed();
  }
  const QString dialect = m_dialect->currentText();
  if (dialect == QLatin1String("anthropic")) {
    request.setRawHeader("anthropic-version", "2023-06-01");
    if (!key.isEmpty()) request.setRawHeader("x-api-key", key);
  } else if (dialect == QLatin1String("gemini")) {
    if (!key.isEmpty()) request.setRawHeader("x-goog-api-key", key);
  } else if (!key.isEmpty()) {
    if (m_used.keyHeader.isEmpty()) {
      request.setRawHeader("Authorization", "Bearer " + key);
    } else {
      request.setRawHeader(m_used.keyHeader.toLatin1(), key);
    }
  }
  m_test->setEnabled(false);
  m_testResult->setText(tr("Asking\u2026"));
  QNetworkReply* reply = m_network.get(request);
  connect(reply, &QNetworkReply::finished, this, [this, reply] {
    reply->deleteLater();
    m_test->setEnabled(true);
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 200) {
      const QJsonObject json = QJsonDocument::fromJson(reply->readAll()).object();
      const auto models = std::max(json[QLatin1String("data")].toArray().size(),
                                   json[QLatin1String("models")].toArray().size());
      m_testResult->setText(
          tr("\u2713 It answers, with %n model(s).", nullptr, static_cast<int>(models)));
    } else if (status == 401 || status == 403) {
      m_testResult->setText(tr("\u2717 It answers, but refuses the key (%1).").arg(status));
    } else if (status > 0) {
      m_testResult->setText(tr("\u2717 It answers %1 to %2.").arg(status).arg(reply->url().path()));
    } else {
      m_testResult->setText(tr("\u2717 It does not answer: %1").arg(reply->errorString()));
    }
  });
}

void ProviderDialog::save() {
  m_edited = true;
  checkForm();
  if (!m_sound) return;
  if (m_secret->isEnabled() && !m_secret->text().isEmpty()) {
    // Kept first: a config that refers to it comes into force only when it is there.
    m_save->setEnabled(false);
    m_edits.engine().keychain()->write(
        m_key->text().trimmed().toStdString(), m_secret->text().toStdString(),
        [dialog = QPointer<ProviderDialog>(this)](const std::string& problem) {
          if (!dialog) return;
          dialog->m_save->setEnabled(true);
          if (!problem.empty()) {
            dialog->m_fault->setText(QString::fromStdString(problem));
            return;
          }
          dialog->m_secret->clear();
          dialog->m_edits.engine().readKeychain();
          dialog->write();
        });
    return;
  }
  write();
}

void ProviderDialog::write() {
  std::string text = m_edits.engine().configText();
  for (const config::Change& change : changes()) {
    config::EditedText edited = config::editText(text, change);
    if (!edited.text) {
      m_fault->setText(refusalWords(edited.problem));
      return;
    }
    text = std::move(*edited.text);
  }
  const ApplyResult result = m_edits.replaceText(text, Author::Window, {});
  if (!result.applied()) {
    m_fault->setText(refusalWords(result.faults.front().message));
    return;
  }
  accept();
}

}  // namespace sluice::ui
