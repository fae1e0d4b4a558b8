// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDir>
#include <QImage>
#include <QPainter>
#include <QTest>
#include <QWidget>

#include "ui/style/theme.h"

/// Pictures of the window, for people and for the README.
namespace sluice::test {

template <class T>
T* find(QWidget& window, const char* name) {
  T* found = window.findChild<T*>(QString::fromLatin1(name));
  if (!found) qFatal("there is no %s", name);
  return found;
}

inline QImage shot(QWidget& widget, double scale = 1) {
  QImage image(widget.size() * scale, QImage::Format_RGB32);
  image.setDevicePixelRatio(scale);
  widget.render(&image);
  return image;
}

/// In both themes, at one and at two pixels to each.
inline void keepShots(QWidget& window, const QString& name) {
  QDir().mkpath(QStringLiteral(SLUICE_SHOTS));
  for (const auto& [theme, word] :
       {std::pair{ui::Theme::Light, "light"}, {ui::Theme::Dark, "dark"}}) {
    ui::applyTheme(*qApp, theme);
    QTest::qWait(150);  // palettes first, then what is drawn anew with them
    for (const int scale : {1, 2}) {
      const QString file =
          QStringLiteral(SLUICE_SHOTS "/%1-%2-%3x.png").arg(name, QLatin1String(word)).arg(scale);
      QVERIFY(shot(window, scale).save(file));
    }
  }
  ui::applyTheme(*qApp, ui::Theme::Light);
}

}  // namespace sluice::test
