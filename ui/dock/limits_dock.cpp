// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/limits_dock.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/style/level_bar.h"
#include "ui/style/theme.h"

namespace sluice::ui {

namespace {
constexpr double kMost = 10'000'000;
constexpr std::uint32_t kWhenSwitchedOn = 60;
}  // namespace

int LimitsDock::positionOf(std::uint32_t perMinute) {
  if (perMinute == 0) return 0;
  return std::max(
      1, static_cast<int>(std::lround(std::log10(perMinute) / std::log10(kMost) * kSliderEnd)));
}

std::uint32_t LimitsDock::perMinuteAt(int position) {
  if (position <= 0) return 0;
  const double value = std::pow(kMost, static_cast<double>(position) / kSliderEnd);
  // To two digits: a person who drags wants 240, not 243.
  const double step = std::pow(10, std::max(0.0, std::floor(std::log10(value)) - 1));
  return static_cast<std::uint32_t>(std::round(value / step) * step);
}

LimitsDock::LimitsDock(Engine& engine, QWidget* parent)
    : QDockWidget(tr("Limits"), parent),
      m_engine(engine),
      m_provider(new QComboBox),
      m_limited(new QCheckBox(tr("Limit requests"))),
      m_slider(new QSlider(Qt::Horizontal)),
      m_number(new QSpinBox),
      m_words(new QLabel),
      m_fault(new QLabel),
      m_level(new LevelBar) {
  setObjectName(QStringLiteral("limitsDock"));
  setFeatures(QDockWidget::DockWidgetMovable);
  m_provider->setObjectName(QStringLiteral("limitsProvider"));
  m_provider->setAccessibleName(tr("Provider whose limits are shown"));
  m_limited->setObjectName(QStringLiteral("limitsOn"));
  m_slider->setObjectName(QStringLiteral("limitsSlider"));
  m_slider->setAccessibleName(tr("Requests per minute, slider"));
  m_slider->setRange(0, kSliderEnd);
  m_number->setObjectName(QStringLiteral("limitsNumber"));
  m_number->setAccessibleName(tr("Requests per minute"));
  m_number->setRange(0, static_cast<int>(kMost));
  m_number->setGroupSeparatorShown(true);
  m_number->setSuffix(tr(" / min"));
  m_number->setKeyboardTracking(false);
  m_level->setObjectName(QStringLiteral("limitsLevel"));
  m_level->setAccessibleName(tr("Request bucket"));
  m_words->setObjectName(QStringLiteral("limitsWords"));
  m_words->setWordWrap(true);
  m_fault->setObjectName(QStringLiteral("limitsFault"));
  m_fault->setWordWrap(true);
  m_fault->hide();

  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(8);
  layout->addWidget(m_provider);
  layout->addSpacing(4);
  layout->addWidget(m_limited);
  layout->addWidget(m_slider);
  layout->addWidget(m_number);
  layout->addSpacing(6);
  layout->addWidget(m_level);
  layout->addWidget(m_words);
  layout->addWidget(m_fault);
  layout->addStretch();
  auto* note =
      new QLabel(tr("Applies at once, from the next request on. It is not written to the config "
                    "file: a reload of the file takes it back."));
  note->setWordWrap(true);
  note->setObjectName(QStringLiteral("limitsNote"));
  note->setForegroundRole(QPalette::PlaceholderText);
  layout->addWidget(note);
  content->setMinimumWidth(230);
  setWidget(content);

  m_throttle.setSingleShot(true);
  m_throttle.setInterval(kApplyMs);
  connect(&m_throttle, &QTimer::timeout, this, [this] {
    if (m_pending) applyNow();
  });
  connect(m_provider, &QComboBox::currentIndexChanged, this, [this] {
    if (!m_filling) choose();
  });
  connect(m_limited, &QCheckBox::toggled, this, [this](bool on) {
    if (m_filling) return;
    edit(on ? std::optional(kWhenSwitchedOn) : std::nullopt);
    choose();
  });
  connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
    if (m_filling) return;
    const std::uint32_t perMinute = perMinuteAt(position);
    m_filling = true;
    m_number->setValue(static_cast<int>(perMinute));
    m_filling = false;
    edit(perMinute);
  });
  connect(m_number, &QSpinBox::valueChanged, this, [this](int value) {
    if (m_filling) return;
    m_filling = true;
    m_slider->setValue(positionOf(static_cast<std::uint32_t>(value)));
    m_filling = false;
    edit(static_cast<std::uint32_t>(value));
  });
  refresh();
}

void LimitsDock::refresh() {
  if (m_slider->isSliderDown() || m_pending) return;  // our own change coming back
  const auto config = m_engine.config();
  if (!config) return;
  const QString current = m_provider->currentText();
  m_filling = true;
  m_provider->clear();
  for (const config::Provider& provider : config->providers) {
    m_provider->addItem(QString::fromStdString(provider.id));
  }
  m_provider->setCurrentIndex(std::max(0, m_provider->findText(current)));
  m_filling = false;
  choose();
}

void LimitsDock::choose() {
  const auto config = m_engine.config();
  const int index = m_provider->currentIndex();
  const bool any = config && index >= 0 && index < static_cast<int>(config->providers.size());
  m_limited->setEnabled(any);
  const auto limit =
      any ? config->providers[static_cast<std::size_t>(index)].limits.requestsPerMinute
          : std::nullopt;
  m_filling = true;
  m_limited->setChecked(limit.has_value());
  m_slider->setEnabled(limit.has_value());
  m_number->setEnabled(limit.has_value());
  m_number->setValue(static_cast<int>(limit.value_or(0)));
  m_slider->setValue(positionOf(limit.value_or(0)));
  m_filling = false;
}

void LimitsDock::edit(std::optional<std::uint32_t> perMinute) {
  m_pending = perMinute;
  if (!m_throttle.isActive()) applyNow();
}

void LimitsDock::applyNow() {
  const auto current = m_engine.config();
  const std::string id = m_provider->currentText().toStdString();
  const auto perMinute = *std::exchange(m_pending, std::nullopt);
  if (!current) return;
  config::Config next = *current;
  const auto provider = std::ranges::find(next.providers, id, &config::Provider::id);
  if (provider == next.providers.end()) return;
  provider->limits.requestsPerMinute = perMinute;
  if (!perMinute) provider->limits.burstRequests.reset();
  if (next == *current) return;
  const ApplyResult result = m_engine.apply(std::move(next));
  m_fault->setVisible(!result.applied());
  if (!result.applied()) m_fault->setText(QString::fromStdString(result.faults.front().message));
  m_throttle.start();
}

void LimitsDock::show(const EngineSnapshot& snapshot) {
  const std::string id = m_provider->currentText().toStdString();
  const auto provider = std::ranges::find(snapshot.providers, id, &ProviderSnapshot::id);
  if (provider == snapshot.providers.end()) return;
  m_level->setBucket(provider->requests, tr("requests"));
  m_words->setText(!provider->requests.limited ? tr("Everything passes.")
                   : provider->requests.perMinute == 0
                       ? tr("Nothing passes: 429 for all once the bucket is empty.")
                       : tr("Saves up to %1; refused so far: %2.")
                             .arg(provider->requests.capacity)
                             .arg(provider->limited));
}

}  // namespace sluice::ui
