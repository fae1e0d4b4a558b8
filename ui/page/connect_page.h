// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/page/page.h"

class QVBoxLayout;

namespace sluice::ui {

/// How to point a client here: each snippet with a button that copies it.
class ConnectPage final : public Page {
  Q_OBJECT
 public:
  explicit ConnectPage(const PageContext& context);
  void showConfig(const config::Config& config, const QString& url) override;

 private:
  void show(const QString& url, const QString& model);

  QVBoxLayout* m_list;
  QString m_url;
  QString m_model;
};

}  // namespace sluice::ui
