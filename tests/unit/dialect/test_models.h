// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestModels : public QObject {
  Q_OBJECT
 private slots:
  void generationsOfClaude_data();
  void generationsOfClaude();
  void roomToThink();
  void familiesOfOpenAi_data();
  void familiesOfOpenAi();
  void stopsOfThoseWhoThink();
  void whoMayRestOfGemini();
};
