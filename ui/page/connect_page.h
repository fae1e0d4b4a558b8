// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace sluice::ui {

/// How to point a client here: each snippet with a button that copies it.
class ConnectPage final : public QWidget {
  Q_OBJECT
 public:
  explicit ConnectPage(QWidget* parent = nullptr);
  void show(const QString& url, const QString& model);

 private:
  QVBoxLayout* m_list;
  QString m_url;
  QString m_model;
};

}  // namespace sluice::ui
