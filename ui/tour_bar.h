// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QTimer>
#include <functional>
#include <string>

#include "gateway/engine.h"

class QLabel;
class QProgressBar;

namespace sluice::ui {

/// A minute that shows what the program is for: traffic comes, a breaker opens, recovers. It works on
/// the built-in traffic and one mock provider's breaker, changes no config, and leaves both as it found
/// them, at its end and when it is skipped.
class TourBar final : public QFrame {
  Q_OBJECT
 public:
  static constexpr int kSeconds = 60;

  TourBar(Engine& engine, std::function<void(const QString&)> showPage, QWidget* parent = nullptr);
  ~TourBar() override;
  void play();
  void skip();
  bool playing() const { return m_second >= 0; }
  /// How long a second of the tour lasts. A seam for tests.
  void setPace(int ms) { m_pace = ms; }

 signals:
  void ended();

 private:
  void tick();
  void leave();

  Engine& m_engine;
  std::function<void(const QString&)> m_showPage;
  QLabel* m_text;
  QProgressBar* m_progress;
  QTimer m_timer;
  std::string m_provider;
  bool m_hadTraffic = false;
  int m_second = -1;  // -1: not playing
  int m_pace = 1000;
};

}  // namespace sluice::ui
