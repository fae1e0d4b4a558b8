// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

/// Apart from its functions, because Qt's moc loses its way in their raw strings.
class TestJsonShape : public QObject {
  Q_OBJECT
 private slots:
  void grammar_data();
  void grammar();
  /// Text with a few bytes changed, left out, or put elsewhere: the same verdict as a whole parser's.
  void agreesWithAParser();
};
