// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestResponseStreams : public QObject {
  Q_OBJECT
 private slots:
  void callsCutByLength();
  void whatIsKeptIsBounded();
  void usageOfEvents();
  void streamOfAllKinds();
  void checkerRefusesMutations();
  void streamsAreRead_data();
  void streamsAreRead();
  void brokenStreams_data();
  void brokenStreams();
  void failuresWithin_data();
  void failuresWithin();
  void failuresOfOurs();
  void eventsAreNotHeld();
};
