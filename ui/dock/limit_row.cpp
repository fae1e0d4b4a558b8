// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/limit_row.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <utility>

#include "ui/dock/spoken_slider.h"
#include "ui/edit/config_edits.h"
#include "ui/style/elided_label.h"

namespace sluice::ui {

namespace {

/// Shows no digits that say nothing: 5, 0.25, 12.5.
class NumberBox final : public QDoubleSpinBox {
 public:
  QString textFromValue(double value) const override {
    return locale().toString(value, 'f', QLocale::FloatingPointShortest);
  }
};

QString numberText(double value) {
  return QLocale().toString(value, 'f', QLocale::FloatingPointShortest);
}

}  // namespace

LimitRow::LimitRow(LimitField field, ConfigEdits& edits, QWidget* parent)
    : QWidget(parent),
      m_field(std::move(field)),
      m_edits(edits),
      m_number(new NumberBox),
      m_slider(new SpokenSlider({m_field.scale, [this] { return m_number->value(); },
                                 [this](double value) { return spoken(value); }})),
      m_reset(new QToolButton),
      m_words(new ElidedLabel) {
  const QString name = QStringLiteral("limit_") + m_field.key;
  setObjectName(name);
  m_number->setObjectName(name + QStringLiteral("_number"));
  m_number->setAccessibleName(m_field.title);
  m_number->setDecimals(m_field.decimals);
  m_number->setRange(m_field.hardLeast, m_field.hardMost);
  m_number->setGroupSeparatorShown(true);
  m_number->setSuffix(m_field.unit);
  m_number->setKeyboardTracking(false);
  m_number->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  m_number->setFixedWidth(112);
  m_number->setAlignment(Qt::AlignRight);
  // Ctrl+Z undoes the change of the config, not of the digits. The wheel is for the dock, which is
  // scrolled all the time: it turns what has the focus, and nothing that it only passes.
  for (QWidget* control : std::initializer_list<QWidget*>{m_number, m_slider}) {
    control->installEventFilter(this);
    control->setFocusPolicy(Qt::StrongFocus);
  }
  m_slider->setObjectName(name + QStringLiteral("_slider"));
  m_slider->setAccessibleName(tr("%1, slider").arg(m_field.title));
  m_slider->setPageStep(SliderScale::kEnd / 10);
  m_slider->setSingleStep(4);
  m_reset->setObjectName(name + QStringLiteral("_reset"));
  m_reset->setAccessibleName(tr("Reset %1 to its default").arg(m_field.title));
  m_reset->setToolTip(m_reset->accessibleName());
  m_reset->setText(QStringLiteral("\u21BA"));
  m_reset->setAutoRaise(true);
  QSizePolicy keeps = m_reset->sizePolicy();
  keeps.setRetainSizeWhenHidden(true);
  m_reset->setSizePolicy(keeps);
  m_words->setObjectName(name + QStringLiteral("_words"));
  m_words->setForegroundRole(QPalette::PlaceholderText);
  QFont small = m_words->font();
  small.setPointSizeF(small.pointSizeF() * 0.88);
  m_words->setFont(small);

  auto* layout = new QGridLayout(this);
  layout->setContentsMargins(0, 2, 0, 4);
  layout->setHorizontalSpacing(4);
  layout->setVerticalSpacing(1);
  if (m_field.optional) {
    m_on = new QCheckBox(m_field.title);
    m_on->setObjectName(name + QStringLiteral("_on"));
    m_on->setToolTip(tr("Off: no limit"));
    layout->addWidget(m_on, 0, 0);
    connect(m_on, &QCheckBox::toggled, this, [this](bool on) {
      if (m_filling) return;
      m_edits.change([this, on](config::Config& config) {
        m_field.set(config, on ? std::optional(m_field.whenOn) : std::nullopt);
      });
    });
  } else {
    auto* title = new QLabel(m_field.title);
    title->setBuddy(m_number);
    title->setTextFormat(Qt::PlainText);
    title->setMinimumWidth(40);
    title->setToolTip(m_field.title);
    layout->addWidget(title, 0, 0);
  }
  layout->addWidget(m_number, 0, 1);
  layout->addWidget(m_reset, 0, 2);
  layout->addWidget(m_slider, 1, 0, 1, 3);
  layout->addWidget(m_words, 2, 0, 1, 3);
  layout->setColumnStretch(0, 1);

  m_throttle.setSingleShot(true);
  m_throttle.setInterval(kApplyMs);
  connect(&m_throttle, &QTimer::timeout, this, [this] {
    if (m_pending) applyNow();
  });
  connect(&m_edits, &ConfigEdits::finishing, this, [this] {
    if (m_pending) applyNow();
  });
  connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
    if (m_filling) return;
    const double value = m_field.scale.valueAt(position);
    m_filling = true;
    m_number->setValue(value);
    m_filling = false;
    edit(value);
  });
  connect(m_slider, &QSlider::sliderReleased, this, [this] {
    if (m_pending) applyNow();
    m_edits.finish();
  });
  connect(m_number, &QDoubleSpinBox::valueChanged, this, [this](double value) {
    if (m_filling) return;
    m_filling = true;
    m_slider->setValue(m_field.scale.positionOf(value));
    m_filling = false;
    edit(value);
  });
  connect(m_number, &QDoubleSpinBox::editingFinished, this, [this] {
    if (m_pending) applyNow();
    m_edits.finish();
  });
  connect(m_reset, &QToolButton::clicked, this, [this] { m_edits.resetValue(m_field.path); });
}

QString LimitRow::spoken(double value) const {
  return m_isOn ? m_field.spoken.arg(numberText(value)) : tr("no limit");
}

void LimitRow::refresh(const config::Config& config, bool told, const QString& origin) {
  m_told = told;
  m_origin = origin;
  if (m_slider->isSliderDown() || m_pending) return;  // our own change coming back
  const auto value = m_field.get(config);
  m_filling = true;
  m_isOn = value.has_value();
  if (m_on) m_on->setChecked(m_isOn);
  m_number->setValue(value.value_or(m_field.whenOn));
  m_slider->setValue(m_field.scale.positionOf(value.value_or(m_field.whenOn)));
  m_filling = false;
  enable();
  showWords();
}

void LimitRow::show(const EngineSnapshot& snapshot) {
  if (!m_field.now) return;
  const QString words = m_field.now(snapshot);
  if (words == m_nowWords) return;
  m_nowWords = words;
  showWords();
}

void LimitRow::showWords() {
  QStringList parts;
  if (!m_nowWords.isEmpty() && m_isOn) parts << m_nowWords;
  parts << (m_field.usual ? tr("default %1%2").arg(numberText(*m_field.usual), m_field.unit)
                          : tr("default off"));
  if (m_told) parts << m_origin;
  m_words->setText(parts.join(QStringLiteral(" \u00B7 ")));
}

void LimitRow::setReadOnly(const QString& why) {
  m_readOnly = why;
  // A control that is off gets no hover everywhere: the row tells.
  setToolTip(why);
  enable();
}

void LimitRow::enable() {
  const bool free = m_readOnly.isEmpty();
  if (m_on) m_on->setEnabled(free);
  m_number->setEnabled(free && m_isOn);
  m_slider->setEnabled(free && m_isOn);
  m_reset->setEnabled(free);
  m_reset->setVisible(m_told);
}

void LimitRow::edit(std::optional<double> value) {
  m_pending = value;
  if (!m_throttle.isActive()) applyNow();
}

void LimitRow::applyNow() {
  const auto value = *std::exchange(m_pending, std::nullopt);
  m_throttle.start();
  m_edits.changeOn(
      QString::fromStdString(m_field.path),
      [this, value](config::Config& config) { m_field.set(config, value); },
      m_slider->isSliderDown());
}

bool LimitRow::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
    event->ignore();
    return true;
  }
  if (event->type() == QEvent::ShortcutOverride) {
    auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
      event->ignore();
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace sluice::ui
