// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dock/spoken_slider.h"

#include <QAccessibleWidget>
#include <utility>

namespace sluice::ui {

namespace {

class SpokenInterface final : public QAccessibleWidget, public QAccessibleValueInterface {
 public:
  explicit SpokenInterface(SpokenSlider* slider)
      : QAccessibleWidget(slider, QAccessible::Slider), m_slider(slider) {}

  void* interface_cast(QAccessible::InterfaceType type) override {
    if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
    return QAccessibleWidget::interface_cast(type);
  }

  /// As the description too: AT-SPI, as Qt speaks it, knows no words of a value.
  QString text(QAccessible::Text what) const override {
    if (what == QAccessible::Value || what == QAccessible::Description) {
      return m_slider->spokenWords();
    }
    return QAccessibleWidget::text(what);
  }

  QVariant currentValue() const override { return m_slider->spokenValue(); }
  void setCurrentValue(const QVariant& value) override {
    m_slider->setValue(m_slider->scale().positionOf(value.toDouble()));
  }
  QVariant maximumValue() const override { return m_slider->scale().valueAt(m_slider->maximum()); }
  QVariant minimumValue() const override { return m_slider->scale().valueAt(m_slider->minimum()); }
  QVariant minimumStepSize() const override { return m_slider->scale().step; }

 private:
  SpokenSlider* m_slider;
};

QAccessibleInterface* speak(const QString&, QObject* object) {
  auto* slider = qobject_cast<SpokenSlider*>(object);
  return slider ? new SpokenInterface(slider) : nullptr;
}

}  // namespace

SpokenSlider::SpokenSlider(Told told, QWidget* parent)
    : QSlider(Qt::Horizontal, parent), m_told(std::move(told)) {
  QAccessible::installFactory(speak);  // once, whoever calls
  setRange(0, SliderScale::kEnd);
}

double SpokenSlider::spokenValue() const {
  const double exact = m_told.exact();
  return m_told.scale.positionOf(exact) == value() ? exact : m_told.scale.valueAt(value());
}

}  // namespace sluice::ui
