// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestGeminiStreams : public QObject {
  Q_OBJECT
 private slots:
  void tellsTheAnswer();
  void endsWithTheConnection();
  void blockedPrompts();
  void errorsInTheStream();
  void breaches_data();
  void breaches();
  void signatures();
  void usageOfEvents();
  void callsOfSeveralLines();
  void callsCutByLength();
  void failsBeforeTheStart();
  void judges_data();
  void judges();
};
